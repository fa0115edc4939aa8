// All rooms on one page: what waits for a person anywhere, how each room goes, mute one or all. What others wrote is set as text.
import { keep, language, make, part, say, setLanguage, translate, why, words } from '/web/link.js'

Object.assign(words.en, {
  lost: 'CONNECTION LOST: what you press does not arrive', mute_all: 'Mute all rooms', unmute_all: 'Unmute all rooms', restart: 'Restart all workers', to_decide: 'To decide', nothing_waits: 'Nothing waits for you.', rooms: 'Rooms', workers: 'Workers',
  state_live: 'live', state_starting: 'starting', state_waiting: 'waits for a worker', state_failed: 'can’t begin', state_ended: 'has ended', lines_so_far: 'chat lines', posts_so_far: 'replies', went_on: 'went on after a cut', decided_in: 'decided in', open_console: 'Console', really_restart: 'Replace all workers, one after the other? No room is lost.', on: 'on', busy: 'busy', retiring: 'is being replaced', room_word: 'rooms', in_room: 'Room', own_words: 'In other words',
})
Object.assign(words.zh, {
  lost: '连接断开：现在按什么都没有用', mute_all: '全部静音', unmute_all: '全部取消静音', restart: '重启所有进程', to_decide: '待决定', nothing_waits: '没有等你决定的。', rooms: '直播间', workers: '进程',
  state_live: '直播中', state_starting: '启动中', state_waiting: '等待进程', state_failed: '无法开始', state_ended: '已结束', lines_so_far: '条弹幕', posts_so_far: '条回复', went_on: '次中断后继续', decided_in: '判断用时', open_console: '控制台', really_restart: '逐个替换所有进程？直播间不会丢失。', on: '在', busy: '忙碌', retiring: '正在替换', room_word: '个直播间', in_room: '直播间', own_words: '换个说法',
})

const $ = id => document.getElementById(id)
function tell (text) { $('told').textContent = text; if (text) setTimeout(() => { if ($('told').textContent === text) $('told').textContent = '' }, 4000) }

async function post (path, body) {
  try {
    const answer = await fetch(path, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body ?? {}) })
    if (!answer.ok) tell(say('refused') + (await answer.json().catch(() => ({}))).detail)
    return answer.ok
  } catch { tell(say('lost')); return false } finally { look() }
}
function button (key, does, kind = '') { const el = make('button', kind, say(key)); el.onclick = does; return el }
const may = (right, wanted) => ['none', 'see', 'act', 'edit'].indexOf(right) >= ['none', 'see', 'act', 'edit'].indexOf(wanted)

function buildHeld ({ room, right, held }) {
  const el = make('li', 'held'), area = make('textarea'), doing = make('div', 'do')
  area.rows = 2; area.maxLength = 500; area.value = held.text
  area.setAttribute('aria-label', say('own_words'))
  const about = () => ({ item: held.item, text: area.value.trim() === held.text.trim() ? '' : area.value.trim() })
  const where = `/api/rooms/${encodeURIComponent(room)}`
  const say_ = button('approve', () => post(`${where}/approve`, about()), 'primary'), write = button('post', () => post(`${where}/post`, about()))
  doing.append(say_, write, button('drop', () => post(`${where}/drop`, { item: held.item })))
  el.append(make('ul', 'faint'), make('h3'), make('p'), make('p', 'faint'), area, doing)
  area.hidden = doing.hidden = !may(right, 'act')
  area.oninput = () => { write.hidden = !area.value.trim(); say_.hidden = write.hidden || held.elsewhere } // without words there is nothing to say
  area.oninput()
  return el
}
function updateHeld (el, { room, creator, held }) {
  const [before, title, question, about] = el.children
  before.replaceChildren(...held.before.map(([who, text]) => make('li', '', `${who || say('ai_short')}: ${text}`)))
  title.textContent = `${say('in_room')} ${room} · ${creator}`
  question.textContent = held.question ? `${held.asker}: ${held.question}` : ''
  about.textContent = [held.text, `${held.askers} ${say('asked')}`, `${Math.round(held.age_ms / 1000)} s`, why(held.reason)].filter(Boolean).join(' · ')
}

function buildRoom ({ right, seen }) {
  const el = make('li'), doing = make('div', 'do'), where = `/api/rooms/${encodeURIComponent(seen.room)}`
  const silence = make('button', 'mute')
  silence.onclick = () => post(`${where}/${silence.dataset.deed}`)
  const console_ = make('a', 'button', say('open_console'))
  console_.href = `${where}/console`
  doing.append(silence, console_)
  silence.hidden = !may(right, 'act')
  el.append(make('h3'), make('p', 'faint'), make('p'), make('p', 'faint'), make('p', 'bad'), doing)
  return el
}
function updateRoom (el, { seen }) {
  el.className = seen.state
  const [title, where, saying, counts, trouble, doing] = el.children
  title.replaceChildren(`${seen.room} `, ...(seen.muted ? [make('span', 'flag', say('muted'))] : []), ...(seen.paused ? [make('span', 'flag', say('paused'))] : []))
  where.textContent = [seen.creator, say(`state_${seen.state}`), seen.worker && `${say('on')} ${seen.worker}`].filter(Boolean).join(' · ')
  saying.textContent = seen.saying
  counts.textContent = [`${seen.lines} ${say('lines_so_far')}`, `${seen.posts} ${say('posts_so_far')}`, `${say('decided_in')} ${seen.decided_ms[0]} ms`, seen.resumed && `${seen.resumed} ${say('went_on')}`].filter(Boolean).join(' · ')
  trouble.textContent = seen.trouble.map(line => { const [name] = line.split(':'); return line.replace(name, part(name)) }).join(' · ')
  const [silence, console_] = doing.children
  silence.dataset.deed = seen.muted ? 'unmute' : 'mute'
  silence.textContent = say(silence.dataset.deed)
  silence.classList.toggle('mute', !seen.muted)
  silence.disabled = seen.state !== 'live'
  console_.hidden = !seen.console
}

function draw (told) {
  $('fleet').textContent = `${told.fleet} · ${told.me.name}`
  $('mute-all').hidden = $('unmute-all').hidden = !told.rooms.some(one => may(one.right, 'act'))
  $('restart').hidden = $('t-workers').hidden = told.me.role !== 'owner'
  const held = told.rooms.flatMap(({ right, seen }) => seen.held.map(one => ({ room: seen.room, creator: seen.creator, right, held: one }))).sort((a, b) => b.held.age_ms - a.held.age_ms)
  keep($('held'), held, one => `${one.room}/${one.held.item}`, buildHeld, updateHeld)
  $('held-count').textContent = held.length || ''
  $('none').hidden = held.length > 0
  keep($('rooms'), told.rooms, one => one.seen.room, buildRoom, updateRoom)
  $('room-count').textContent = told.rooms.length
  keep($('workers'), told.workers, one => one.worker, () => make('li', 'live'), (el, one) => { el.textContent = `${one.worker} · ${one.host} · ${one.rooms} ${say('room_word')} · ${say('busy')} ${Math.round(100 * one.load)} %${one.retiring ? ` · ${say('retiring')}` : ''}` })
}

async function look () {
  try {
    const answer = await fetch('/api/rooms')
    if (answer.status === 401) { location = '/join'; return }
    draw(await answer.json())
    $('lost').hidden = true
  } catch { $('lost').hidden = false }
}
$('mute-all').onclick = () => post('/api/mute')
$('unmute-all').onclick = () => post('/api/unmute')
$('restart').onclick = () => { if (confirm(say('really_restart'))) post('/api/restart') }
$('language').onclick = () => { setLanguage(language === 'zh' ? 'en' : 'zh'); named(); for (const id of ['held', 'rooms']) $(id).replaceChildren(); look() }
const named = () => { $('language').textContent = language === 'zh' ? 'English' : '中文' }
translate()
named()
look()
setInterval(look, 1000)
