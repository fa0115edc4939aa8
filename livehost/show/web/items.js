// The questions: what is held, said, made ready, waits, and what became of them.
import { keep, make, say, why } from '/web/link.js'
import { $, button, desk, does, openBox } from '/web/desk.js'

let held = new Set()

function buildItem (item) {
  const el = make('li', 'item')
  const doing = make('div', 'do'), more = make('div', 'do')
  more.hidden = true
  const about = () => ({ item: item.item })
  if (desk.mine.role !== 'viewer') {
    doing.append(button('approve', () => does('approve', about()), 'primary'), button('edit', () => edit(el, item.item)), button('post', () => does('post', about())), button('drop', () => does('drop', about())))
    more.append(...['pin', 'first', 'host', 'take'].map(action => button(`do_${action}`, () => does(action, about()))))
    const open = button('more', () => { more.hidden = !more.hidden; open.setAttribute('aria-expanded', !more.hidden) })
    open.setAttribute('aria-expanded', false)
    open.dataset.label = 'more_long'
    open.setAttribute('aria-label', say('more_long'))
    doing.append(open)
  }
  el.append(make('ul', 'before'), make('p', 'question'), make('p', 'answer'), make('p', 'meta'), doing, more) // in the order that updateItem knows
  return el
}

function updateItem (el, item) {
  el.className = `item ${item.state}`
  el.dataset.elsewhere = item.elsewhere
  const [before, question, answer, meta] = el.children
  question.textContent = item.question ? `${item.asker}: ${item.question}` : ''
  if (el.dataset.text !== item.text) { answer.textContent = item.text; el.dataset.text = item.text }
  const badge = make('span', 'badge', say(item.state === 'waiting' ? 'waits' : item.state))
  meta.replaceChildren(badge, ` · ${item.askers} ${say('asked')} · ${age(item.age_ms)} · ${say(item.kind)} ${Math.round(item.confidence * 100)} %${[item.source, why(item.reason)].filter(Boolean).map(part => ' · ' + part).join('')}`)
  el.classList.toggle('pinned', item.pinned)
  before.hidden = !item.before.length
  if (before.children.length !== item.before.length) before.replaceChildren(...item.before.map(([who, text]) => make('li', '', `${who || say('ai_short')}: ${text}`)))
  const buttons = el.children[4].children
  if (!buttons.length) return
  const open = item.state === 'held' || item.state === 'waiting'
  for (const at of [0, 1, 2]) buttons[at].hidden = !open
  buttons[0].hidden = !open || item.state === 'waiting' || !item.text || item.elsewhere
  buttons[2].hidden = !open || !item.text
  if (buttons[1].dataset.say !== (item.text ? 'edit' : 'write')) { buttons[1].dataset.say = item.text ? 'edit' : 'write'; buttons[1].textContent = say(buttons[1].dataset.say) }
  const pin = el.children[5].firstChild, label = item.pinned ? 'do_unpin' : 'do_pin'
  if (pin.dataset.say !== label) { pin.dataset.say = label; pin.textContent = say(label) }
}

const age = ms => ms < 100000 ? `${Math.round(ms / 1000)} s` : ms < 6000000 ? `${Math.round(ms / 60000)} min` : `${Math.round(ms / 3600000)} h`

export function editFirst () {
  const first = desk.state?.items.find(i => i.state === 'held')
  const el = first && $('items').querySelector(`[data-key="${first.item}"]`)
  if (el && desk.mine.role !== 'viewer') edit(el, first.item)
}

function edit (el, number) {
  if (el.querySelector('textarea')) return
  const box = make('div'), area = make('textarea')
  area.maxLength = 500
  area.rows = 3
  area.value = el.dataset.text
  area.setAttribute('aria-label', say('edit'))
  const done = async action => {
    if (!area.value.trim()) return
    area.blur() // the keys are the console's again while the answer is on its way, and the words stay until it has come
    if (await does(action, { item: number, text: area.value })) box.remove()
    else area.focus()
  }
  const row = make('div', 'do')
  if (el.dataset.elsewhere !== 'true') row.append(button('approve', () => done('approve'), 'primary'))
  row.append(button('post', () => done('post')), button('cancel', () => box.remove()))
  area.onkeydown = e => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) done('approve'); if (e.key === 'Escape') { box.remove(); el.querySelector('button')?.focus() } }
  box.append(area, row)
  el.append(box)
  area.focus()
}

export function takeBack (number) {
  const input = make('input')
  input.maxLength = 400
  input.placeholder = say('correction')
  input.setAttribute('aria-label', say('correction'))
  openBox(make('h2', '', say('wrong')), input, button('wrong', async () => { if (await does('wrong', { item: number, text: input.value })) $('box').close() }))
  input.focus()
}

export function drawItems () {
  const open = desk.state.items.filter(i => i.state !== 'speaking') // that one stands above
  keep($('items'), open, i => i.item, buildItem, updateItem)
  $('none').hidden = open.length > 0
  $('waiting-count').textContent = open.length || ''
  const now = new Set(desk.state.items.filter(i => i.state === 'held').map(i => i.item))
  if ([...now].some(i => !held.has(i))) { if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(120) }
  held = now
  keep($('over'), desk.state.over, i => i.item, item => {
    const el = make('li', 'item')
    el.append(make('p'))
    if (desk.mine.role !== 'viewer') el.append(button('wrong', () => takeBack(item.item), 'small'))
    return el
  }, (el, item) => {
    el.className = `item ${item.state}`
    el.firstChild.textContent = `${say(item.state === 'host' ? 'host_state' : item.state)}${item.reason ? ` (${why(item.reason)})` : ''}: ${item.question ? item.question + ' → ' : ''}${item.text}`
    if (el.children[1]) el.children[1].hidden = item.state !== 'answered' && item.state !== 'posted'
  })
}
