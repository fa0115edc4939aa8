import { follow, make, money, translate, webAddress } from '/web/link.js'
import { openSound } from '/web/sound.js'

// /overlay?at=top+right&theme=light+large&product=0&code=0&sound=1&lang=zh
const $ = id => document.getElementById(id)
const wanted = new URLSearchParams(location.search)
for (const [key, known] of [['at', ['top', 'right', 'center']], ['theme', ['light', 'plain', 'large']]]) {
  for (const name of (wanted.get(key) || '').split(/[ ,+]/)) if (known.includes(name)) document.body.classList.add(name)
}
document.body.classList.toggle('code', wanted.get('code') === '1') // upright, it is shown only when asked for
translate()

let now = null, since = 0
function caption () {
  if (!now) return
  const perSecond = /[㐀-鿿]/.test(now.text) ? 4.5 : 14
  const letters = Math.min(now.text.length, Math.round((performance.now() - since) / 1000 * perSecond))
  // Whole words, or signs where a language has no spaces.
  const at = letters >= now.text.length ? now.text.length : perSecond < 5 ? letters : Math.max(0, now.text.lastIndexOf(' ', letters))
  if (Number($('caption').dataset.at) === at) return
  $('caption').dataset.at = at
  $('caption').replaceChildren(make('span', 'said', now.text.slice(0, at)), document.createTextNode(now.text.slice(at)))
}
setInterval(caption, 120)
for (const name of ['picture', 'code']) $(name).onerror = () => { $(name).hidden = true }
function show (picture, address) {
  const failed = picture.complete && picture.src === address && !picture.naturalWidth
  picture.hidden = !address || failed
  if (address && picture.src !== address) picture.src = address
}
function drawProduct (product) {
  $('product').hidden = !product
  if (!product) return
  $('title').textContent = product.title
  $('price').replaceChildren(money(product.price), ...(product.before ? [make('s', '', money(product.before))] : []))
  show($('picture'), webAddress(product.image))
  show($('code'), wanted.get('code') !== '0' && webAddress(product.link) && `${location.origin}/api/qr/${encodeURIComponent(product.id)}`)
}

// OBS lets its pages sound unasked; a plain browser wants a click first.
let sounding = null
async function sound (speaker) {
  if (sounding || !speaker || wanted.get('sound') !== '1') return
  sounding = true
  await openSound({ microphone: false, speaker: true, played: loud => { window.lastPlayed = [performance.now(), loud] } })
}

follow({
  me: ({ sound: has }) => sound(has.speaker),
  state: told => {
    const saying = told.panic || told.muted ? null : told.saying
    $('card').classList.toggle('on', !!saying)
    if (!saying) { now = null; return }
    if (now?.item === saying.item) return
    now = saying
    since = performance.now() - saying.since_ms
    $('caption').dataset.at = -1
    $('question').textContent = saying.question ? `${saying.asker}: ${saying.question}` : ''
    drawProduct(wanted.get('product') === '0' ? null : told.products.find(p => p.id === saying.product_id))
    caption()
  },
  lost: is => { if (is) { $('card').classList.remove('on'); now = null } },
})
