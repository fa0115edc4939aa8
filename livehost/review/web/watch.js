// A recorded session: one clock for both tracks of sound, the time line and the list; "why?" on every line; what-if.
import { act, keep, language, make, say, setLanguage, translate, webAddress, words } from './link.js'
import { clock, timeline, tone } from './timeline.js'

Object.assign(words.en, {
  watch: 'Watch', the_host: 'Host', what_if: 'What if?', report: 'Report', previous: '◀ question', next: 'question ▶', speed: 'speed', cohost: 'Co-host', people: 'people', search: 'words, viewer', follow: 'follow', choose: 'Choose a line to see why it was answered, or not.',
  among_all: 'all chat', among_questions: 'questions', among_answered: 'answered', among_unanswered: 'not answered', among_held: 'held', among_host: 'to the host', among_hostile: 'hostile', rows: 'rows',
  no_end: 'the recording was cut off', reading: 'reading the rest…', torn: 'its last line is torn', unread: 'some of it is of a newer version', no_sound: 'no sound was kept',
  decided_as: 'Taken for', confidence: 'sure', evidence: 'Evidence', reasons: 'Reasons', alternatives: 'What else was near', life: 'What became of it', askers: 'Who asked', nothing_near: 'No entry of the FAQ was near.', not_decided: 'Nothing was decided on this line.', on_table: 'On the table', said_aloud: 'said', replied: 'in chat', cut: 'cut off by', heard: 'heard', needs: 'a question needs', product: 'product', undecided: 'undecided', clip: 'Save it as a clip',
  what_if_hint: 'The same evening with other settings, one key=value a line. Both sides are simulated anew.', with_creator: 'with the knowledge of', try: 'Try it', trying: 'trying…', before: 'before', now: 'now', no_difference: 'No difference.', accept: 'Accept the chosen ones as cases', accepted: 'appended to', answered_of: 'answered before → now',
  'newly answered': 'newly answered', 'no longer answered': 'no longer answered', 'said otherwise': 'said otherwise', 'taken otherwise': 'taken otherwise', 'said later': 'said later', 'said sooner': 'said sooner',
})
Object.assign(words.zh, {
  watch: '观看', the_host: '主播', what_if: '假如？', report: '报告', previous: '◀ 问题', next: '问题 ▶', speed: '速度', cohost: '副播', people: '人', search: '文字、观众', follow: '跟随', choose: '选一行，看为什么回答或没有回答。',
  among_all: '全部弹幕', among_questions: '提问', among_answered: '已回答', among_unanswered: '没有回答', among_held: '待决定', among_host: '给主播', among_hostile: '恶意', rows: '行',
  no_end: '录制中途断了', reading: '正在读取后面的内容……', torn: '最后一行残缺', unread: '有些内容来自更新的版本', no_sound: '没有保存声音',
  decided_as: '被当作', confidence: '把握', evidence: '证据', reasons: '理由', alternatives: '还有哪些接近', life: '后来怎样', askers: '谁问的', nothing_near: '问答里没有接近的条目。', not_decided: '这一行没有判断。', on_table: '正在讲解', said_aloud: '说', replied: '弹幕回复', cut: '被打断：', heard: '听到', needs: '提问需要达到', product: '商品', undecided: '没有判断', clip: '存为片段',
  what_if_hint: '同一场换一些设置会怎样，每行一个 key=value。两边都重新模拟。', with_creator: '换成这份资料：', try: '试一试', trying: '正在模拟……', before: '之前', now: '现在', no_difference: '没有差别。', accept: '把选中的作为用例', accepted: '已写入', answered_of: '有回答：之前 → 现在',
  'newly answered': '新答上的', 'no longer answered': '不再回答', 'said otherwise': '说法不同', 'taken otherwise': '判断不同', 'said later': '说得更晚', 'said sooner': '说得更早',
  'answered aloud': '语音回答', 'answered in text': '文字回答', 'asked back': '反问', 'answered by the host': '主播回答', 'shown to the host': '给主播看', 'held, never decided': '没人处理', 'dropped by a person': '人工放弃', 'taken by a person': '有人接手', 'too old': '已过期', 'open at the end': '没处理完', ignored: '忽略',
})

const $ = id => document.getElementById(id)
const ROW = 26
let session, line, list = { total: 0, rows: new Map(), asked: new Set(), key: '' }, picked = null, tried = null, following = -1
const tell = text => { $('told').textContent = text; if (text) setTimeout(() => { $('told').textContent = '' }, 6000) }
const get = async path => { const answer = await fetch(path); if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).detail || answer.statusText); return answer.json() }

// --- the clock: sound follows it, and where there is none it runs alone

const sounds = { host: $('host-sound'), cohost: $('cohost-sound') }
const time = { ms: 0, speed: 1, playing: false, ticked: 0 }
function tick (at) {
  if (time.playing) {
    time.ms = Math.min(session.duration_ms, time.ms + (at - time.ticked) * time.speed)
    for (const sound of Object.values(sounds)) lead(sound)
    if (time.ms >= session.duration_ms) play(false)
  }
  time.ticked = at
  draw()
  requestAnimationFrame(tick)
}
function lead (sound) {
  if (!sound.src || sound.readyState < 1) return
  const wanted = time.ms / 1000
  if (wanted >= sound.duration) { if (!sound.paused) sound.pause(); return }
  if (Math.abs(sound.currentTime - wanted) > Math.max(0.2, 0.12 * time.speed) && !sound.seeking) sound.currentTime = wanted
  if (sound.paused) sound.play().catch(() => {})
}
function play (on) {
  if (on && time.ms >= session.duration_ms) jump(0)
  time.playing = on
  $('play').textContent = on ? '❚❚' : '▶'
  if (!on) for (const sound of Object.values(sounds)) sound.pause()
}
function jump (ms) {
  time.ms = Math.max(0, Math.min(session.duration_ms, ms))
  for (const sound of Object.values(sounds)) if (sound.src && sound.readyState >= 1 && time.ms / 1000 < sound.duration) sound.currentTime = time.ms / 1000
  following = -1
}
function speed (next) {
  time.speed = next
  $('speed').value = String(next)
  for (const sound of Object.values(sounds)) { sound.playbackRate = next; sound.preservesPitch = true }
}
function toQuestion (step) {
  const later = session.questions.filter(q => step > 0 ? q[0] > time.ms + 50 : q[0] < time.ms - 50)
  const found = step > 0 ? later[0] : later[later.length - 1]
  if (found) { jump(found[0]); why(found[4]) }
}

// --- drawing

let drawn = ''
const speaking = rows => { for (let n = rows.length - 1; n >= 0; n--) if (rows[n][0] <= time.ms) return rows[n][1] + 1500 >= time.ms ? rows[n] : null; return null }
function draw () {
  const state = [Math.round(time.ms), innerWidth, language, list.total, matchMedia('(prefers-color-scheme: dark)').matches, line.zoom(1)].join()
  if (state === drawn) return
  drawn = state
  line.draw(time.ms)
  $('clock').textContent = `${clock(time.ms)} / ${clock(session.duration_ms)}`
  $('near').setAttribute('aria-valuenow', Math.round(time.ms / 1000))
  $('near').setAttribute('aria-valuetext', clock(time.ms))
  $('host-now').textContent = speaking(session.host_words)?.[2] ?? ''
  $('cohost-now').textContent = speaking(session.said)?.[3] ?? ''
  if ($('follow').checked) followList()
}

// --- the list

const query = () => {
  const what = [...document.querySelectorAll('[name=what]:checked')].map(el => el.value).join(',')
  return new URLSearchParams({ what, among: $('among').value || 'all', words: $('words').value.trim() })
}
async function refilter () {
  const key = query().toString()
  list = { total: 0, rows: new Map(), asked: new Set(), key }
  const told = await get(`/api/rows?${key}&count=0&at_ms=${Math.round(time.ms)}`)
  if (list.key !== key) return
  list.total = told.total
  following = -1
  $('count').textContent = `${told.total.toLocaleString()} ${say('rows')}`
  $('height').style.height = `${Math.min(told.total * ROW, 15e6)}px`
  $('list').scrollTop = Math.max(0, told.place * ROW - $('list').clientHeight / 2)
  drawRows()
}
async function fetchRows (first) {
  const { key, rows, asked } = list
  if (asked.has(first)) return
  asked.add(first)
  try {
    for (const row of (await get(`/api/rows?${key}&first=${first}&count=200`)).rows) rows.set(row.number, row)
    if (list.key === key) drawRows()
  } catch (trouble) { asked.delete(first); tell(trouble.message) }
}
function drawRows () {
  const top = Math.floor($('list').scrollTop / ROW), many = Math.ceil($('list').clientHeight / ROW) + 2, shown = []
  for (let n = Math.max(0, top - 2); n < Math.min(list.total, top + many); n++) {
    if (list.rows.has(n)) shown.push(list.rows.get(n))
    else fetchRows(Math.floor(n / 200) * 200)
  }
  keep($('list'), [{ number: 'height' }, ...shown], row => row.number, row => row.number === 'height' ? $('height') : build(row), (el, row) => {
    if (row.number === 'height') return
    el.classList.toggle('picked', picked !== null && row.what === 'chat' && row.index === picked)
  })
}
function build (row) {
  const el = make('div', `row ${row.what}`)
  el.style.top = `${row.number * ROW}px`
  el.setAttribute('role', 'option')
  el.append(make('span', 'at', clock(row.at_ms)), make('span', 'who', row.what === 'host' ? say('the_host') : row.what === 'said' ? say('cohost') : row.who), make('span', 'text', row.text))
  if (row.fate || row.kind) el.append(make('span', `tag ${tone(row.fate)}`, row.fate && row.fate !== 'ignored' ? say(row.fate) : say(row.kind)))
  el.onclick = () => choose(row)
  return el
}
function choose (row) {
  jump(row.at_ms)
  if (row.what === 'chat') why(row.index)
  else if (row.item) whyItem(row)
}
let moving = false
async function followList () {
  const second = Math.floor(time.ms / 500)
  if (second === following || moving || !list.total) return
  following = second
  moving = true
  try {
    const { key } = list
    const { place } = await get(`/api/rows?${key}&count=0&at_ms=${Math.round(time.ms)}`)
    if (list.key === key) $('list').scrollTop = Math.max(0, place * ROW - $('list').clientHeight / 2)
  } catch (trouble) { tell(trouble.message) } finally { moving = false }
}

// --- why?

const jumpTo = (ms, text = clock(ms)) => { const el = make('button', 'jump', text); el.onclick = () => jump(ms); return el }
const table = rows => { const el = make('table'); for (const cells of rows) { const tr = el.insertRow(); for (const cell of cells) { const td = tr.insertCell(); td.append(cell) } } return el }
async function why (index) {
  picked = index
  drawRows()
  try { showWhy(await get(`/api/why/${index}`)) } catch (trouble) { tell(trouble.message) }
}
async function whyItem (row) {
  try {
    const life = await get(`/api/item/${row.item}`)
    $('why').replaceChildren(make('h2', '', row.text), ...lifeOf(life))
  } catch (trouble) { tell(trouble.message) }
}
function showWhy (told) {
  const d = told.decision, inside = [make('h2', '', told.text)]
  const who = make('p', 'faint', `${told.platform} · ${told.who} · `)
  who.append(jumpTo(told.at_ms))
  if (told.decided_after_ms !== null) who.append(` · ${say('decided')} ${told.decided_after_ms} ms`)
  if (told.on_table) who.append(` · ${say('on_table')}: ${told.on_table}`)
  inside.push(who)
  if (!d) inside.push(make('p', '', say('not_decided')))
  else {
    inside.push(make('p', '', `${say('decided_as')} ${say(d.kind) || d.kind} → ${say('to_' + d.route) === 'to_' + d.route ? say(d.route) || d.route : say('to_' + d.route)} · ${say('confidence')} ${d.confidence.toFixed(2)}${d.product_id ? ` · ${say('product')} ${d.product_id}` : ''}`))
    if (d.answer) inside.push(make('p', 'answer', d.answer))
    if (webAddress(d.link)) { const a = make('a', '', d.link); a.href = d.link; a.target = '_blank'; a.rel = 'noreferrer'; inside.push(a) }
    if (d.evidence.length) inside.push(make('h3', '', say('evidence')), table(d.evidence.map(e => [`${e.source} ${e.id}`, e.field, e.value])))
    if (d.reasons.length) inside.push(make('h3', '', say('reasons')), ...d.reasons.map(reason => make('p', '', reason)))
  }
  inside.push(make('h3', '', say('alternatives')))
  if (told.alternatives.length) inside.push(table(told.alternatives.map(a => [a.score.toFixed(2), a.faq, `${a.question} → ${a.answer}`])), make('p', 'faint', `${say('needs')} ${told.thresholds.question}`))
  else inside.push(make('p', 'faint', say('nothing_near')))
  if (told.life) inside.push(...lifeOf(told.life))
  $('why').replaceChildren(...inside)
  $('why').scrollTop = 0
}
function lifeOf (life) {
  const told = [
    ...life.stands.map(s => [s.at_ms, `${say(s.state === 'waiting' ? 'waits' : s.state)}${s.reason ? `: ${s.reason}` : ''} (${s.askers} ${say('asked')})`]),
    ...life.replies.map(r => [r.done_ms >= 0 ? r.done_ms : r.at_ms, `${say('replied')}: ${r.text}${r.problem ? ` ✗ ${r.problem}` : ''}`]),
    ...life.spoken.filter(s => s.started_ms >= 0).map(s => [s.started_ms, `${say('said_aloud')}: ${s.text} (${say('heard')} ${(s.heard_ms / 1000).toFixed(1)} s${s.cut ? `, ${say('cut')} ${s.cut}` : ''})`]),
  ].sort((a, b) => a[0] - b[0])
  const clip = make('a', 'clip', say('clip'))
  clip.href = `/api/clip/${life.item}`
  clip.download = ''
  const heard = session.where.sound.length && life.stands.some(s => s.state === 'answered') && life.askers.length
  return [make('h3', '', say('life')), table(told.map(([ms, text]) => [jumpTo(ms), text])), ...(heard ? [clip] : []), make('h3', '', `${say('askers')} (${life.askers.length})`), ...life.askers.map(text => make('p', 'faint', text))]
}

// --- what if?

async function tryIt (event) {
  event.preventDefault()
  $('tried').textContent = say('trying')
  $('try').querySelector('button').disabled = true
  try {
    const settings = $('settings').value.split('\n').map(text => text.trim()).filter(Boolean)
    const answer = await fetch('/api/whatif', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ settings }) })
    const told = await answer.json()
    if (!answer.ok) throw new Error(told.detail)
    tried = told
    showTried()
  } catch (trouble) { $('tried').textContent = ''; tell(trouble.message) } finally { $('try').querySelector('button').disabled = false }
}
function showTried () {
  if (!tried) return
  $('tried').textContent = `${tried.lines} ${say('lines')}, ${say('answered_of')}: ${tried.answered_before} → ${tried.answered_after}`
  const side = (name, decision) => {
    const el = make('div')
    el.append(make('p', 'faint', say(name)))
    el.append(make('p', 'answer', decision?.answer || '–'), make('p', 'faint', decision ? `${say(decision.kind) || decision.kind} → ${decision.route} (${decision.reasons.join(', ')})` : ''))
    return el
  }
  $('differences').replaceChildren(...tried.differences.slice(0, 500).map((d, n) => {
    const el = make('div', `difference ${{ 'newly answered': 'good', 'no longer answered': 'bad' }[d.change] ?? 'open'}`), box = make('input'), head = make('h3'), label = make('label')
    box.type = 'checkbox'; box.value = n; box.className = 'pick'
    label.append(box, ` ${say(d.change)}${d.later_ms ? ` ${(Math.abs(d.later_ms) / 1000).toFixed(1)} s` : ''}${d.times > 1 ? ` ×${d.times}` : ''}: ${d.text} `)
    head.append(label, jumpTo(d.at_ms))
    head.lastChild.addEventListener('click', () => show('watch'))
    el.append(head)
    if (!d.later_ms) { const sides = make('div', 'sides'); sides.append(side('before', d.before), side('now', d.after)); el.append(sides) }
    return el
  }))
  if (!tried.differences.length) $('differences').append(make('p', '', say('no_difference')))
  $('accepting').hidden = !tried.differences.length
}
async function accept () {
  const numbers = [...document.querySelectorAll('.pick:checked')].map(el => Number(el.value))
  try {
    const done = await act('accept', { numbers })
    $('accepted').textContent = `${done.appended} ${say('accepted')} ${done.to}`
  } catch (trouble) { tell(trouble.message) }
}

// --- all together

function show (which) {
  $('watch').hidden = which !== 'watch'
  $('whatif').hidden = which !== 'whatif'
  $('tab-watch').classList.toggle('chosen', which === 'watch')
  $('tab-whatif').classList.toggle('chosen', which === 'whatif')
  if (which === 'watch') drawRows()
}
function inWords () {
  translate()
  $('language').textContent = language === 'zh' ? 'English' : '中文'
  const chosen = $('among').value || 'all'
  $('among').replaceChildren(...[['all', 'all'], ['questions', 'questions'], ['answered', 'answered'], ['unanswered', 'unanswered'], ['held', 'held'], ['to the host', 'host'], ['hostile', 'hostile']].map(([value, key]) => { const el = make('option', '', say('among_' + key)); el.value = value; return el }))
  $('among').value = chosen
  $('missing').textContent = [...session.missing, ...(session.where.sound.length ? [] : ['no_sound'])].map(say).join(' · ')
  $('other').textContent = session.where.other ? `${say('with_creator')} ${session.where.other}` : ''
  $('count').textContent = `${list.total.toLocaleString()} ${say('rows')}`
  for (const el of document.querySelectorAll('.row')) el.remove() // they are built anew in the other language
  drawRows(); showTried()
  if (picked !== null) why(picked)
}
async function begin () {
  session = await get('/api/session')
  document.title = `${session.creator} · ${session.session}`
  $('creator').textContent = session.creator
  $('when').textContent = `${session.started_at.slice(0, 16).replace('T', ' ')} · ${clock(session.duration_ms)}`
  $('near').setAttribute('aria-valuemax', Math.round(session.duration_ms / 1000))
  line = timeline({ near: $('near'), whole: $('whole'), session, names: () => [say('the_host'), say('cohost'), say('questions'), say('people')], jump, pick: why })
  for (const name of session.where.sound) sounds[name].src = `/api/sound/${name}`
  for (const value of [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4]) { const el = make('option', '', `${value}×`); el.value = String(value); $('speed').append(el) }
  speed(1)
  show('watch')
  inWords()
  await refilter()
  document.body.dataset.ready = 'yes'
  requestAnimationFrame(at => { time.ticked = at; tick(at) })
  if (!session.whole) await readOn()
}
async function readOn () {
  $('missing').textContent = say('reading')
  Object.assign(session, await get('/api/session?whole=1'))
  drawn = ''
  inWords()
  const top = $('list').scrollTop
  await refilter()
  if (!time.playing) $('list').scrollTop = top // somebody may be reading there
}

$('play').onclick = () => play(!time.playing)
$('back').onclick = () => jump(time.ms - 5000)
$('forth').onclick = () => jump(time.ms + 5000)
$('previous').onclick = () => toQuestion(-1)
$('next').onclick = () => toQuestion(1)
$('speed').onchange = () => speed(Number($('speed').value))
$('hear-host').onchange = () => { sounds.host.muted = !$('hear-host').checked }
$('hear-cohost').onchange = () => { sounds.cohost.muted = !$('hear-cohost').checked }
$('closer').onclick = () => line.zoom(0.5)
$('wider').onclick = () => line.zoom(2)
$('list').onscroll = drawRows
addEventListener('resize', drawRows)
let typing
$('filter').oninput = event => { if (event.target.id !== 'follow') { clearTimeout(typing); typing = setTimeout(() => refilter().catch(t => tell(t.message)), event.target.id === 'words' ? 250 : 0) } }
$('filter').onsubmit = event => event.preventDefault()
$('language').onclick = () => { setLanguage(language === 'zh' ? 'en' : 'zh'); inWords() }
$('tab-watch').onclick = () => show('watch')
$('tab-whatif').onclick = () => show('whatif')
$('try').onsubmit = tryIt
$('accept').onclick = accept
$('all').onchange = () => { for (const el of document.querySelectorAll('.pick')) el.checked = $('all').checked }
const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 2, 3, 4]
const keys = {
  ' ': () => play(!time.playing), ArrowLeft: () => jump(time.ms - 5000), ArrowRight: () => jump(time.ms + 5000), n: () => toQuestion(1), b: () => toQuestion(-1), Home: () => jump(0), End: () => jump(session.duration_ms),
  '+': () => speed(SPEEDS[Math.min(SPEEDS.length - 1, SPEEDS.indexOf(time.speed) + 1)]), '-': () => speed(SPEEDS[Math.max(0, SPEEDS.indexOf(time.speed) - 1)]), l: () => $('language').click(), '/': () => $('words').focus(),
}
addEventListener('keydown', event => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches('input:not([type=checkbox]), textarea, select') || !keys[event.key] || (event.key === ' ' && event.target.matches('button'))) return
  event.preventDefault()
  keys[event.key]()
})
begin().catch(trouble => tell(trouble.message))
