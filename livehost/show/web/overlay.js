import { follow, make, translate, webAddress } from '/web/link.js'

// /overlay?at=top+right&product=0&lang=zh
const $ = id => document.getElementById(id)
const wanted = new URLSearchParams(location.search)
for (const place of (wanted.get('at') || '').split(/[ ,+]/)) if (['top', 'right', 'center'].includes(place)) document.body.classList.add(place)
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
$('picture').onerror = () => { $('picture').hidden = true }

follow({
  state: told => {
    const saying = told.panic || told.muted ? null : told.saying
    $('card').classList.toggle('on', !!saying)
    if (!saying) { now = null; return }
    if (now?.item === saying.item) return
    now = saying
    since = performance.now() - saying.since_ms
    $('caption').dataset.at = -1
    $('question').textContent = saying.question ? `${saying.asker}: ${saying.question}` : ''
    const product = wanted.get('product') === '0' ? null : told.products.find(p => p.id === saying.product_id)
    $('product').hidden = !product
    if (product) {
      $('title').textContent = product.title
      $('price').textContent = product.price
      const picture = webAddress(product.image)
      $('picture').hidden = !picture || ($('picture').complete && $('picture').src === picture && !$('picture').naturalWidth)
      if (picture && $('picture').src !== picture) $('picture').src = picture
    }
    caption()
  },
  lost: is => { if (is) { $('card').classList.remove('on'); now = null } },
})
