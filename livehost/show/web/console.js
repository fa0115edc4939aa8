import { act, follow, keep, language, make, say, setLanguage, translate } from '/web/link.js'

const $ = id => document.getElementById(id)
const ROW = 24, KEPT = 5000
let state = null, mine = { role: 'owner' }, chat = [], shown = [], held = new Set(), chosen = 0

async function does (action, body) {
  try { const done = await act(action, body); $('told').textContent = ''; return done } catch (trouble) {
    $('told').textContent = say('refused') + (trouble.name === 'AbortError' ? say('lost') : trouble.message)
    setTimeout(() => { $('told').textContent = '' }, 5000)
  }
}

// --- what is said, and the big buttons

async function mute () {
  const next = state?.muted ? 'unmute' : 'mute'
  $('mute').classList.add('asked')
  $('mute').textContent = next === 'mute' ? say('muting') : say('unmute')
  const done = await does(next) // a mute counts when the server has acknowledged it
  $('mute').classList.remove('asked')
  if (done && state) state.muted = next === 'mute'
  drawButtons()
}
const skip = () => does('skip')
const stop = () => does('stop')
async function pause () {
  const next = state?.paused ? 'resume' : 'pause'
  if (await does(next) && state) state.paused = next === 'pause'
  drawButtons()
}
const firstHeld = () => state?.items.find(i => i.state === 'held')

function drawButtons () {
  if (!state || $('mute').classList.contains('asked')) return
  $('mute').textContent = say(state.muted ? 'unmute' : 'mute')
  $('mute').classList.toggle('is-on', state.muted)
  $('mute').setAttribute('aria-pressed', state.muted)
  $('pause').textContent = say(state.paused ? 'go_on' : 'hold')
  $('pause').classList.toggle('is-on', state.paused)
  $('flags').textContent = [state.private && `${say('private')} (${state.private})`, state.muted && say('muted'), state.paused && say('paused')].filter(Boolean).join(' · ')
}

function drawSaying () {
  const now = state.saying
  $('saying').classList.toggle('on', !!now)
  const text = now ? now.text : say('nothing')
  // About 14 letters or 4.5 signs a second are spoken: near enough to show where it is.
  const perSecond = /[㐀-鿿]/.test(text) ? 4.5 : 14
  const at = now ? Math.min(text.length, Math.round(now.since_ms / 1000 * perSecond)) : 0
  $('saying-text').replaceChildren(make('span', 'spoken', text.slice(0, at)), document.createTextNode(text.slice(at)))
  $('saying-bar').value = now ? at / Math.max(1, text.length) : 0
  $('saying-question').textContent = now && now.question ? `${now.asker}: ${now.question}` : ''
}

// --- questions

function button (key, run) {
  const el = make('button', '', say(key))
  el.dataset.say = key
  el.onclick = run
  return el
}

function buildItem (item) {
  const el = make('li', 'item')
  const doing = make('div', 'do')
  const about = () => ({ item: item.item })
  if (mine.role !== 'viewer') {
    doing.append(button('approve', () => does('approve', about())), button('edit', () => edit(el, item.item)), button('post', () => does('post', about())), button('drop', () => does('drop', about())), button('wrong', () => takeBack(item.item)))
  }
  el.append(make('p', 'question'), make('p', 'answer'), make('p', 'meta'), doing)
  return el
}

function updateItem (el, item) {
  el.className = `item ${item.state}`
  const [question, answer, meta] = el.children
  question.textContent = item.question ? `${item.asker}: ${item.question}` : ''
  if (el.dataset.text !== item.text) { answer.textContent = item.text; el.dataset.text = item.text }
  const badge = make('span', 'badge', say(item.state === 'waiting' ? 'waits' : item.state))
  meta.replaceChildren(badge, ` · ${item.askers} ${say('asked')} · ${Math.round(item.age_ms / 1000)} s · ${say(item.kind)} ${Math.round(item.confidence * 100)} % · ${item.source}${item.reason ? ' · ' + item.reason : ''}`)
  const buttons = el.querySelectorAll('.do > button')
  if (!buttons.length) return
  const open = item.state === 'held' || item.state === 'waiting'
  for (const at of [0, 1, 2]) buttons[at].hidden = !open
  buttons[0].hidden = !open || item.state === 'waiting' || !item.text
  buttons[2].hidden = !open || !item.text
  if (buttons[1].dataset.say !== (item.text ? 'edit' : 'write')) { buttons[1].dataset.say = item.text ? 'edit' : 'write'; buttons[1].textContent = say(buttons[1].dataset.say) }
  buttons[3].hidden = item.state === 'speaking'
  buttons[4].hidden = item.state !== 'speaking'
}

function edit (el, number) {
  if (el.querySelector('textarea')) return
  const box = make('div'), area = make('textarea')
  area.maxLength = 500
  area.rows = 3
  area.value = el.dataset.text
  area.setAttribute('aria-label', say('edit'))
  const done = async action => { if (area.value.trim() && await does(action, { item: number, text: area.value })) box.remove() }
  const row = make('div', 'do')
  row.append(button('approve', () => done('approve')), button('post', () => done('post')), button('cancel', () => box.remove()))
  area.onkeydown = e => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) done('approve'); if (e.key === 'Escape') { box.remove(); el.querySelector('button')?.focus() } }
  box.append(area, row)
  el.append(box)
  area.focus()
}

function takeBack (number) {
  const input = make('input')
  input.maxLength = 400
  input.placeholder = say('correction')
  input.setAttribute('aria-label', say('correction'))
  openBox(make('h2', '', say('wrong')), input, button('wrong', async () => { if (await does('wrong', { item: number, text: input.value })) $('box').close() }))
  input.focus()
}

function drawItems () {
  keep($('items'), state.items, i => i.item, buildItem, updateItem)
  $('none').hidden = state.items.length > 0
  $('waiting-count').textContent = state.items.length || ''
  const now = new Set(state.items.filter(i => i.state === 'held').map(i => i.item))
  if ([...now].some(i => !held.has(i))) { if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(120) }
  held = now
  keep($('over'), state.over, i => i.item, item => {
    const el = make('li', 'item')
    el.append(make('p'))
    if (mine.role !== 'viewer') el.append(button('wrong', () => takeBack(item.item)))
    return el
  }, (el, item) => {
    el.className = `item ${item.state}`
    el.firstChild.textContent = `${say(item.state)}${item.reason ? ` (${item.reason})` : ''}: ${item.question ? item.question + ' → ' : ''}${item.text}`
    if (el.children[1]) el.children[1].hidden = item.state !== 'answered' && item.state !== 'posted'
  })
}

// --- chat: only the rows in view exist

function takeLines (lines) {
  if (lines === null) { chat = []; return }
  chat.push(...lines)
  if (chat.length > KEPT) chat.splice(0, chat.length - KEPT)
  drawChat()
}

function takeDecided (lines) {
  const by = new Map(lines.map(l => [l.number, l]))
  for (let i = chat.length - 1; i >= 0 && by.size; i--) if (by.has(chat[i].number)) { const n = chat[i].number; chat[i] = by.get(n); by.delete(n) }
  if (lines.some(l => l.number === chosen)) explain(chosen)
  drawChat()
}

function drawChat () {
  const box = $('chat'), atEnd = box.scrollTop + box.clientHeight > $('chat-height').offsetHeight - 3 * ROW
  shown = $('only-questions').checked ? chat.filter(l => l.route && l.route !== 'ignore') : chat
  $('chat-height').style.height = `${shown.length * ROW}px`
  if (atEnd) box.scrollTop = shown.length * ROW
  drawRows()
}

function drawRows () {
  const box = $('chat'), first = Math.max(0, Math.floor(box.scrollTop / ROW) - 5)
  const rows = shown.slice(first, first + Math.ceil(box.clientHeight / ROW) + 10).map((line, i) => ({ line, at: first + i }))
  keep($('chat-height'), rows, r => r.line.number, ({ line }) => {
    const el = make('div')
    el.append(make('span', 'who', line.name || '·'), make('span', 'text', line.text || `(${line.type})`), make('span', 'kind'))
    el.onclick = () => explain(line.number)
    return el
  }, (el, { line, at }) => {
    el.className = `row ${line.route} ${line.kind}`
    el.style.top = `${at * ROW}px`
    el.lastChild.textContent = [say(line.kind), line.route === 'host' ? '→ ' + say('to_host') : line.route === 'hold' ? '→ ' + say('to_hold') : line.route === 'answer' ? '→ ' + say('answer') : ''].filter(Boolean).join(' ')
  })
}

function explain (number) {
  const line = chat.find(l => l.number === number)
  if (!line) return
  chosen = number
  $('why').textContent = `${line.platform} ${line.name}${line.roles?.length ? ` [${line.roles.join(', ')}]` : ''}: ${line.text}  ⟶  ${line.kind} → ${line.route}: ${line.why}`
}

// --- around

function drawAround () {
  const words = state.host_saying ? [...state.host, state.host_saying + ' …'] : state.host
  keep($('host'), words.map((text, i) => ({ text, i })), h => h.i, () => make('p'), (el, h) => { if (el.textContent !== h.text) el.textContent = h.text })
  keep($('parts'), state.parts, p => p.name, () => make('li'), (el, p) => { el.className = p.state; el.textContent = `● ${p.name} ${p.state === 'ok' ? '' : p.state} ${p.detail}` })
  keep($('unanswered'), state.unanswered, u => u[0], () => make('li'), (el, u) => { el.textContent = `${u[1]}× ${u[0]}` })
  keep($('deeds'), state.deeds, d => `${d[0]} ${d[1]} ${d[2]} ${d[3]}`, d => make('li', '', `${clock(d[0])} ${d[1]}: ${d[2]} ${d[3]}`), () => {})
  $('counts').textContent = `${state.counts.lines || 0} ${say('lines')}${state.counts.dropped ? ` · ${state.counts.dropped} ${say('lost_lines')}` : ''}`
  $('latency').textContent = `${say('decided')} ${state.decided_ms[0]} ms (p95 ${state.decided_ms[1]}) · ${say('spoken')} ${(state.spoken_ms[0] / 1000).toFixed(1)} s (p95 ${(state.spoken_ms[1] / 1000).toFixed(1)})`
  const products = [{ id: '', title: say('no_product'), price: '' }, ...state.products]
  keep($('table'), products, p => p.id, p => { const el = make('option'); el.value = p.id; return el }, (el, p) => { const text = `${p.number ? p.number + '. ' : ''}${p.title} ${p.price}`; if (el.textContent !== text) el.textContent = text })
  if (document.activeElement !== $('table')) $('table').value = state.table
  keep($('mode'), ['ask-first', 'quiet', 'polite'], m => m, m => { const el = make('option'); el.value = m; return el }, (el, m) => { el.textContent = say(m) })
  if (document.activeElement !== $('mode')) $('mode').value = state.mode
}

const clock = ms => `${Math.floor(ms / 60000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`

function draw () {
  if (!state) return
  $('creator').textContent = state.creator
  drawButtons(); drawSaying(); drawItems(); drawAround()
}

// --- boxes, keys

function openBox (...inside) {
  $('box-inside').replaceChildren(...inside)
  if (!$('box').open) $('box').showModal()
}
async function invite () {
  const given = await does('invite', { role: 'moderator', name: 'moderator' })
  if (!given) return
  const picture = make('img')
  picture.alt = 'QR'
  picture.src = 'data:image/svg+xml,' + encodeURIComponent(given.qr_svg)
  openBox(make('h2', '', say('invite')), picture, make('p', '', given.link), make('p', '', say('link_once')))
}
const help = () => openBox(make('h2', '', say('keys')), ...say('help').split(' · ').map(line => make('p', '', line)))
const otherLanguage = () => { setLanguage(language === 'zh' ? 'en' : 'zh'); $('language').textContent = language === 'zh' ? 'English' : '中文'; draw() }

const keys = {
  m: mute, s: skip, x: stop, p: pause, '?': help, l: otherLanguage,
  a: () => firstHeld() && does('approve', { item: firstHeld().item }), d: () => firstHeld() && does('drop', { item: firstHeld().item }), t: () => firstHeld() && does('post', { item: firstHeld().item }),
  i: () => $('say-text').focus(),
}
document.addEventListener('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.target.matches('input, textarea, select') || $('box').open || !keys[e.key]) return
  e.preventDefault()
  keys[e.key]()
})

$('mute').onclick = mute; $('skip').onclick = skip; $('stop').onclick = stop; $('pause').onclick = pause; $('panic').onclick = () => does('panic')
$('invite').onclick = invite; $('help').onclick = help; $('language').onclick = otherLanguage
$('sign-out').onclick = async () => { await does('sign-out'); location.reload() }
$('mode').onchange = () => does('mode', { mode: $('mode').value })
$('table').onchange = () => does('table', { product_id: $('table').value })
$('only-questions').onchange = drawChat
$('chat').onscroll = drawRows
$('say').onsubmit = async e => { e.preventDefault(); if ($('say-text').value.trim() && await does('say', { text: $('say-text').value })) $('say-text').value = '' }
$('say-text').onkeydown = e => { if (e.key === 'Escape') $('say-text').blur() }

translate()
$('language').textContent = language === 'zh' ? 'English' : '中文'
follow({
  me: person => {
    mine = person
    $('invite').hidden = person.role !== 'owner'
    $('sign-out').hidden = person.role === 'owner'
    for (const el of document.querySelectorAll('footer button, #say button, #say input, #mode, #table')) el.disabled = person.role === 'viewer'
  },
  state: told => { state = told; draw() },
  lines: takeLines,
  decided: takeDecided,
  lost: is => { $('lost').hidden = !is },
})
