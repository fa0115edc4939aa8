// What people teach while the session runs: doubts between host and feed, proposed entries, questions without an answer.
import { keep, make, money, say } from '/web/link.js'
import { $, ask, button, desk, does } from '/web/desk.js'

export function drawLearning () {
  keep($('doubts'), desk.state.doubts, d => d.doubt, buildDoubt, () => {})
  keep($('proposals'), desk.state.proposals, p => p.proposal, buildProposal, () => {})
  keep($('unanswered'), desk.state.wanted, w => w.question, buildWanted, (el, w) => {
    el.children[0].textContent = `${w.askers}×`
    el.children[1].textContent = `${w.text}${w.proposed ? ` (${say('proposed')})` : ''}`
  })
  keep($('fans'), desk.state.fans, f => f.at_ms + f.text, buildFan, () => {})
  for (const name of ['doubts', 'proposals', 'fans']) $(`t-${name}`).hidden = !desk.state[name].length
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

function buildFan (fan) {
  const el = make('li', 'wanted')
  el.append(make('span', '', `${fan.name}: ${fan.text}`))
  if (desk.mine.role !== 'viewer') el.append(button('answer_it', () => ask('write', [['text', fan.text], ['answer', '']], words => does('teach', words)), 'small'))
  return el
}

export const teach = () => ask('write', [['text', ''], ['answer', '']], words => does('teach', words))
