// What people teach while the session runs: doubts between host and feed, proposed entries, questions without an answer.
import { keep, make, money, say } from '/web/link.js'
import { $, button, desk, does, openBox } from '/web/desk.js'

export function drawLearning () {
  keep($('doubts'), desk.state.doubts, d => d.doubt, buildDoubt, () => {})
  keep($('proposals'), desk.state.proposals, p => p.proposal, buildProposal, () => {})
  keep($('unanswered'), desk.state.wanted, w => w.question, buildWanted, (el, w) => {
    el.children[0].textContent = `${w.askers}×`
    el.children[1].textContent = `${w.text}${w.proposed ? ` (${say('proposed')})` : ''}`
  })
  for (const name of ['doubts', 'proposals']) $(`t-${name}`).hidden = !desk.state[name].length
}

function buildDoubt (doubt) {
  const el = make('li', 'item doubt')
  el.append(make('p', 'answer', `${doubt.title}: ${say('host_said')} ${money(doubt.said)}${doubt.feed ? `, ${say('feed_says')} ${money(doubt.feed)}` : ''}`), make('p', 'question', `“${doubt.quote}”`))
  const doing = make('div', 'do')
  doing.append(
    button('host_is_right', () => does('confirm', { doubt: doubt.doubt })),
    button('feed_is_right', () => does('correct', { doubt: doubt.doubt })),
    button('other_value', () => ask('other_value', [['value', doubt.feed || doubt.said]], ({ value }) => does('correct', { doubt: doubt.doubt, value }))))
  if (desk.mine.role !== 'viewer') el.append(doing)
  return el
}

function buildProposal (proposal) {
  const el = make('li', 'item')
  el.append(make('p', 'question', proposal.question), make('p', 'answer', proposal.answer), make('p', 'meta', `${say('host')}: “${proposal.source}”`))
  const doing = make('div', 'do'), about = { proposal: proposal.proposal }
  doing.append(
    button('accept', () => does('accept', about), 'primary'),
    button('edit', () => ask('accept', [['question', proposal.question], ['answer', proposal.answer]], words => does('accept', { ...about, ...words }))),
    button('decline', () => does('decline', about)))
  if (desk.mine.role !== 'viewer') el.append(doing)
  return el
}

function buildWanted (wanted) {
  const el = make('li', 'wanted')
  el.append(make('b'), make('span'))
  if (desk.mine.role !== 'viewer') el.append(button('answer_it', () => ask('write', [['text', wanted.text], ['answer', '']], words => does('teach', { question: wanted.question, ...words })), 'small'))
  return el
}

export const teach = () => ask('write', [['text', ''], ['answer', '']], words => does('teach', words))

// A box with a field for each of `fields`, [name, what stands in it]; `send` answers what came of it.
function ask (title, fields, send) {
  const form = make('form', 'ask'), areas = {}
  for (const [name, text] of fields) {
    const label = make('label', '', say(`field_${name}`)), area = make('textarea')
    area.value = text
    area.rows = name === 'answer' ? 3 : 1
    area.maxLength = name === 'answer' ? 500 : 300
    areas[name] = area
    label.append(area)
    form.append(label)
  }
  form.append(make('button', 'primary', say('save')))
  form.onsubmit = async e => {
    e.preventDefault()
    const words = Object.fromEntries(Object.entries(areas).map(([name, area]) => [name, area.value.trim()]))
    if (Object.values(words).every(Boolean) && await send(words)) $('box').close()
  }
  form.onkeydown = e => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) form.requestSubmit() }
  openBox(make('h2', '', say(title)), form)
  areas[fields.at(-1)[0]].focus()
}
