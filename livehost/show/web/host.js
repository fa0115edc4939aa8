import { act, follow, keep, make, say, translate } from '/web/link.js'
import { openSound } from '/web/sound.js'

const $ = id => document.getElementById(id)
let state = null

// "I take it": the host answers this one, the co-host leaves it.
const take = () => act('skip').catch(() => { $('lost').hidden = false })
const mute = () => act(state?.muted ? 'unmute' : 'mute').catch(() => { $('lost').hidden = false })
$('take').onclick = take
$('mute').onclick = mute
document.addEventListener('keydown', e => { if (e.key === ' ' || e.key === 's') { e.preventDefault(); take() } else if (e.key === 'm') mute() })

// --- the page as microphone and speaker of the session

let wanted = null, opened = null
$('open-sound').onclick = async () => {
  if (opened) { opened.close(); opened = null; drawSound('off'); return }
  opened = await openSound({ ...wanted, level: loud => { $('level').value = loud }, played: loud => { window.lastPlayed = [performance.now(), loud] }, told: drawSound })
}
function drawSound (how) {
  $('open-sound').textContent = say(opened || how === 'on' ? 'close_sound' : 'open_sound')
  $('sound-state').textContent = say(`sound_${how}`)
  $('level').hidden = !wanted?.microphone || how !== 'on'
}

translate()
follow({
  me: ({ sound }) => { wanted = sound; $('sound').hidden = !(sound.microphone || sound.speaker) },
  state: told => {
    state = told
    const next = told.saying || told.items.find(i => i.state === 'preparing') || told.items.find(i => i.state === 'waiting')
    $('coming').textContent = next ? next.text : '…'
    keep($('asks'), told.unanswered.slice(0, 6), u => u[0], () => { const el = make('li'); el.append(make('b'), make('span')); return el }, (el, [text, count]) => { el.firstChild.textContent = `${count}×`; el.lastChild.textContent = text })
    const product = told.products.find(p => p.id === told.table)
    $('product').textContent = product ? `${product.number ? product.number + '. ' : ''}${product.title} ${product.price}` : say('no_product')
    $('facts').replaceChildren(...(product?.facts ?? []).map(fact => make('li', '', fact)))
    $('mute').textContent = say(told.muted ? 'unmute' : 'mute')
  },
  lost: is => { $('lost').hidden = !is },
})
