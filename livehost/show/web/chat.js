// The chat with what was decided on each line: only the rows in view exist.
import { keep, make, say } from '/web/link.js'
import { $ } from '/web/desk.js'

const ROW = 24, KEPT = 5000
let chat = [], shown = [], chosen = 0

export function takeLines (lines) {
  if (lines === null) { chat = []; return }
  chat.push(...lines)
  if (chat.length > KEPT) chat.splice(0, chat.length - KEPT)
  drawChat()
}

export function takeDecided (lines) {
  const by = new Map(lines.map(l => [l.number, l]))
  for (let i = chat.length - 1; i >= 0 && by.size; i--) if (by.has(chat[i].number)) { const n = chat[i].number; chat[i] = by.get(n); by.delete(n) }
  if (lines.some(l => l.number === chosen)) explain(chosen)
  drawChat()
}

export function drawChat () {
  const box = $('chat'), atEnd = box.scrollTop + box.clientHeight > $('chat-height').offsetHeight - 3 * ROW
  shown = $('only-questions').checked ? chat.filter(l => l.route && l.route !== 'ignore') : chat
  $('chat-height').style.height = `${shown.length * ROW}px`
  if (atEnd) box.scrollTop = shown.length * ROW
  drawRows()
}

export function drawRows () {
  const box = $('chat'), first = Math.max(0, Math.floor(box.scrollTop / ROW) - 5)
  const rows = shown.slice(first, first + Math.ceil(box.clientHeight / ROW) + 10).map((line, i) => ({ line, at: first + i }))
  keep($('chat-height'), rows, r => r.line.number, ({ line }) => {
    const el = make('div')
    el.append(make('span', 'who', line.name || '·'), make('span', 'text', line.text || `(${line.type})`), make('span', 'kind'))
    el.onclick = () => { explain(line.number); drawRows() }
    return el
  }, (el, { line, at }) => {
    el.className = `row ${line.route} ${line.kind}${line.number === chosen ? ' chosen' : ''}`
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
