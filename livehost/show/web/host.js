import { act, follow, keep, make, money, say, translate } from '/web/link.js'
import { openSound } from '/web/sound.js'

const $ = id => document.getElementById(id)
let state = null

const next = () => state?.saying || state?.items.find(i => i.state === 'preparing') || state?.items.find(i => i.state === 'waiting')
const draft = () => state?.items.find(i => i.state === 'held' && i.text)

const does = (action, body) => act(action, body).catch(() => { $('lost').hidden = false })
// "I take it": the host answers this one, the co-host leaves it. "You take it": the co-host may say its draft.
const take = () => next() && does('take', { item: next().item })
const give = () => draft() && does('approve', { item: draft().item })
const mute = () => does(state?.muted ? 'unmute' : 'mute')
$('take').onclick = take
$('give').onclick = give
$('mute').onclick = mute
const keys = { ' ': take, s: take, Enter: give, m: mute }
document.addEventListener('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey || !keys[e.key] || (e.target.id === 'open-sound' && e.key !== 'm')) return
  e.preventDefault()
  keys[e.key]()
})

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
    const now = next(), asked = draft()
    $('coming-title').textContent = say(told.saying ? 'says' : 'coming')
    $('coming').textContent = now ? now.text : '…'
    $('coming-question').textContent = now?.question ? `${now.asker}: ${now.question}` : ''
    $('take').disabled = !now
    $('give').disabled = !asked
    $('approval').hidden = !asked
    $('draft').textContent = asked?.text ?? ''
    $('draft-question').textContent = asked ? `${asked.asker}: ${asked.question}` : ''
    count($('asks'), told.unanswered.slice(0, 4))
    $('nothing').hidden = told.unanswered.length > 0
    const most = told.items.filter(i => i.question && i.item !== now?.item && i.item !== asked?.item).sort((a, b) => b.askers - a.askers)
    count($('room'), most.slice(0, 3).map(i => [i.question, i.askers]))
    $('asked-most').hidden = !most.length
    drawProduct(told.products.find(p => p.id === told.table))
    $('mute').textContent = say(told.muted ? 'unmute' : 'mute')
    $('mute').classList.toggle('is-on', told.muted)
  },
  lost: is => { $('lost').hidden = !is },
})

const count = (box, rows) => keep(box, rows, row => row[0], () => { const el = make('li'); el.append(make('b'), make('span')); return el },
  (el, [text, askers]) => { el.firstChild.textContent = `${askers}×`; el.lastChild.textContent = text })

function drawProduct (product) {
  $('product').textContent = product ? `${product.number ? product.number + '. ' : ''}${product.title} ` : say('no_product')
  if (product) {
    const price = make('span', '', money(product.price) + ' ')
    price.id = 'price'
    if (product.before) price.append(make('s', '', money(product.before)))
    $('product').append(price)
  }
  $('facts').replaceChildren(...(product?.facts ?? []).map(fact => make('li', '', say(fact))))
}
