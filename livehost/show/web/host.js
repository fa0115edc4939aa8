import { act, follow, keep, make, say, translate } from '/web/link.js'

const $ = id => document.getElementById(id)
let state = null

// "I take it": the host answers this one, the co-host leaves it.
const take = () => act('skip').catch(() => { $('lost').hidden = false })
const mute = () => act(state?.muted ? 'unmute' : 'mute').catch(() => { $('lost').hidden = false })
$('take').onclick = take
$('mute').onclick = mute
document.addEventListener('keydown', e => { if (e.key === ' ' || e.key === 's') { e.preventDefault(); take() } else if (e.key === 'm') mute() })

translate()
follow({
  state: told => {
    state = told
    const next = told.saying || told.items.find(i => i.state === 'preparing') || told.items.find(i => i.state === 'waiting')
    $('coming').textContent = next ? next.text : '…'
    keep($('asks'), told.unanswered.slice(0, 6), u => u[0], () => { const el = make('li'); el.append(make('b'), make('span')); return el }, (el, [text, count]) => { el.firstChild.textContent = `${count}×`; el.lastChild.textContent = text })
    const product = told.products.find(p => p.id === told.table)
    $('product').textContent = product ? `${product.number ? product.number + '. ' : ''}${product.title} ${product.price}` : say('no_product')
    $('mute').textContent = say(told.muted ? 'unmute' : 'mute')
  },
  lost: is => { $('lost').hidden = !is },
})
