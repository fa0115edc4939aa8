// What is shown without being asked: run-down, scheduled lines and numbers in the cart, changed while the session runs.
import { keep, make, say } from '/web/link.js'
import { $, ask, button, desk, does, refuse } from '/web/desk.js'

export function drawProgram () {
  const { rundown, schedule, version } = desk.state.program
  draw('rundown', rundown, line => line.text, version)
  draw('schedule', schedule, line => `${line.every_minutes} min · ${line.text}${line.aloud ? ' · ' + say('aloud') : ''}`, version)
}

// Each line's buttons know its place in this version; with the next version they are made anew.
function draw (name, lines, words, version) {
  keep($(name), lines.map((line, at) => ({ line, at })), l => `${version} ${l.at}`, ({ line, at }) => {
    const el = make('li', 'wanted')
    el.append(make('span', '', words(line)))
    if (desk.mine.role !== 'viewer') el.append(mark('up', '↑', () => change(name, move(lines, at, -1)), at === 0), mark('down', '↓', () => change(name, move(lines, at, 1)), at === lines.length - 1), mark('drop_line', '✕', () => change(name, lines.filter((_, i) => i !== at))))
    return el
  }, () => {})
}

function mark (key, sign, run, off = false) {
  const el = button(key, run, 'small mark')
  delete el.dataset.say
  el.textContent = sign
  el.dataset.label = key
  el.setAttribute('aria-label', say(key))
  el.disabled = off
  return el
}

function move (lines, at, by) {
  const moved = [...lines]
  moved.splice(at + by, 0, moved.splice(at, 1)[0])
  return moved
}

const change = (name, lines) => does('program', { ...desk.state.program, [name]: lines })

export function addToRundown () {
  const products = [['', say('no_product')], ...desk.state.products.map(p => [p.id, p.title])]
  ask('add_rundown', [['line', ''], ['product', desk.state.table, products]], ({ line, product }) => change('rundown', [...desk.state.program.rundown, { text: line, product_id: product }]))
}

export function addToSchedule () {
  const every = [5, 10, 15, 20, 30, 60].map(minutes => [String(minutes), `${minutes} min`]), how = [['', say('in_text')], ['1', say('aloud')]]
  ask('add_schedule', [['every', '15', every], ['how', '', how], ['line', '']], ({ line, every: minutes, how: aloud }) => change('schedule', [...desk.state.program.schedule, { text: line, every_minutes: Number(minutes), aloud: !!aloud }]))
}

const PLATFORMS = ['bilibili', 'douyin', 'kick', 'tiktok', 'twitch', 'youtube']
export function numberInCart () {
  const products = desk.state.products.map(p => [p.id, p.title]), where = [['', say('everywhere')], ...PLATFORMS.map(name => [name, name])]
  ask('in_cart', [['product', desk.state.table || products[0]?.[0], products], ['platform', '', where], ['number', '']], ({ product, platform, number }) => {
    if (/^\d{1,4}$/.test(number)) return does('cart', { product_id: product, platform, number: Number(number) })
    refuse(new Error(say('number_please')))
  })
}
