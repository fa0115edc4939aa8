// Beside the questions: the host's words, the table, health, who did what.
import { keep, make, money, part, say } from '/web/link.js'
import { $, desk } from '/web/desk.js'

export function drawAround () {
  const words = desk.state.host_saying ? [...desk.state.host, desk.state.host_saying + ' …'] : desk.state.host
  keep($('host'), words.map((text, i) => ({ text, i })), h => h.i, () => make('p'), (el, h) => { if (el.textContent !== h.text) el.textContent = h.text })
  keep($('parts'), desk.state.parts, p => p.name, () => make('li'), (el, p) => { el.className = p.state; el.textContent = `● ${part(p.name)} ${p.state === 'ok' ? '' : part(p.state)} ${p.detail}` })
  keep($('deeds'), desk.state.deeds, d => `${d[0]} ${d[1]} ${d[2]} ${d[3]}`, d => make('li', '', `${clock(d[0])} ${d[1]}: ${d[2]} ${d[3]}`), () => {})
  $('counts').textContent = `${desk.state.counts.lines || 0} ${say('lines')}${desk.state.counts.dropped ? ` · ${desk.state.counts.dropped} ${say('lost_lines')}` : ''}`
  const unsaid = Object.entries(desk.state.counts).filter(([name]) => name.startsWith('unsaid: '))
  $('counts').textContent += desk.state.counts.unsaid ? ` · ${desk.state.counts.unsaid} ${say('unsaid')}` : ''
  $('counts').title = unsaid.sort((a, b) => b[1] - a[1]).map(([name, count]) => `${count} × ${name.slice(8)}`).join('\n')
  $('latency').textContent = `${say('decided')} ${desk.state.decided_ms[0]} ms (p95 ${desk.state.decided_ms[1]}) · ${say('spoken')} ${(desk.state.spoken_ms[0] / 1000).toFixed(1)} s (p95 ${(desk.state.spoken_ms[1] / 1000).toFixed(1)})`
  const products = [{ id: '', title: say('no_product'), price: '' }, ...desk.state.products]
  keep($('table'), products, p => p.id, p => { const el = make('option'); el.value = p.id; return el }, (el, p) => { const text = `${p.number ? p.number + '. ' : ''}${p.title}${p.price ? ' · ' + money(p.price) : ''}`; if (el.textContent !== text) el.textContent = text })
  if (document.activeElement !== $('table')) $('table').value = desk.state.table
  keep($('mode'), desk.state.modes, m => m, m => { const el = make('option'); el.value = m; return el }, (el, m) => { el.textContent = say(m) })
  if (document.activeElement !== $('mode')) $('mode').value = desk.state.mode
}

const clock = ms => `${Math.floor(ms / 60000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`
