// What all pages share: the live link to the session, actions that count once the server acknowledged them, and words.
import { language } from './words.js'
export * from './words.js'

// An element with text and classes. Text is always set as text: nothing that a viewer wrote becomes markup.
export function make (tag, cls = '', text = '') {
  const el = document.createElement(tag)
  if (cls) el.className = cls
  if (text !== '') el.textContent = text
  return el
}

// "129.00 USD" as people write it; words that are no amount stay as they are.
export function money (price) {
  const found = /^([\d.]+) ([A-Z]{3})$/.exec(price)
  if (!found) return price
  try {
    const style = { style: 'currency', currency: found[2], minimumFractionDigits: Number(found[1]) % 1 ? 2 : 0 }
    return new Intl.NumberFormat(language === 'zh' ? 'zh-CN' : 'en-US', style).format(found[1])
  } catch { return price }
}

// Only web addresses become links, whoever wrote them.
export const webAddress = link => /^https?:\/\//.test(link) ? link : ''

// Keeps the children of `box` in step with `things`: an element stays the same while its thing does, so that a button
// never changes under a finger.
export function keep (box, things, keyOf, build, update) {
  const known = new Map([...box.children].map(el => [el.dataset.key, el]))
  let at = box.firstElementChild
  for (const thing of things) {
    const key = String(keyOf(thing))
    let el = known.get(key)
    if (!el) { el = build(thing); el.dataset.key = key } else known.delete(key)
    update(el, thing)
    if (el === at) at = at.nextElementSibling
    else box.insertBefore(el, at)
  }
  for (const el of known.values()) el.remove()
}

export const act = async (action, body) => {
  const answer = await call(action, body, 2000)
  return answer.status === 204 ? {} : await answer.json()
}
// What takes its time to be made, such as sound.
export const given = async (action, body) => (await call(action, body, 30000)).blob()

async function call (action, body, most) {
  const waiting = new AbortController()
  const limit = setTimeout(() => waiting.abort(), most)
  try {
    const answer = await fetch(`/api/${action}`, { method: 'POST', headers: body ? { 'content-type': 'application/json' } : {}, body: body && JSON.stringify(body), signal: waiting.signal })
    if (!answer.ok) {
      let detail = await answer.text()
      try { const found = JSON.parse(detail).detail; detail = typeof found === 'string' ? found : detail } catch { /* plain text */ }
      throw new Error(detail)
    }
    return answer
  } finally { clearTimeout(limit) }
}

// Calls back with each state and each batch of lines; `lost` hears within two seconds that nothing comes any more.
export function follow ({ state = () => {}, lines = () => {}, decided = () => {}, me = () => {}, lost = () => {} }) {
  let socket, heard = performance.now(), retry, products = [], latest = null
  const open = () => {
    socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/live`)
    socket.onmessage = ({ data }) => {
      heard = performance.now()
      lost(false)
      if (data === 'ping') return
      const told = JSON.parse(data)
      if (told.me) { me(told.me); lines(null) }
      if (told.products) products = told.products
      if (told.state) latest = told.state
      if (latest && (told.state || told.products)) state(Object.assign(latest, { products }))
      if (told.lines) lines(told.lines)
      if (told.decided) decided(told.decided)
    }
    socket.onclose = () => { lost(true); clearTimeout(retry); retry = setTimeout(open, 500 + 500 * Math.random()) }
  }
  open()
  setInterval(() => {
    if (socket.readyState === WebSocket.OPEN) socket.send('ping')
    if (performance.now() - heard > 1700) { lost(true); if (socket.readyState === WebSocket.OPEN && performance.now() - heard > 6000) socket.close() }
  }, 600)
}
