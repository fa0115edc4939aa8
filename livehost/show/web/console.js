import { follow, given, language, make, say, setLanguage, translate } from '/web/link.js'
import { $, desk, does, openBox, refuse } from '/web/desk.js'
import { drawAround } from '/web/around.js'
import { drawChat, drawRows, takeDecided, takeLines } from '/web/chat.js'
import { drawItems, editFirst, takeBack } from '/web/items.js'
import { drawLearning, teach } from '/web/learning.js'
import { addToRundown, addToSchedule, drawProgram, numberInCart } from '/web/program.js'

// --- what is said, and the big buttons

async function mute () {
  const next = desk.state?.muted ? 'unmute' : 'mute'
  $('mute').classList.add('asked')
  $('mute').textContent = next === 'mute' ? say('muting') : say('unmute')
  const done = await does(next) // a mute counts when the server has acknowledged it
  $('mute').classList.remove('asked')
  if (done && desk.state) desk.state.muted = next === 'mute'
  drawButtons()
}
const skip = () => does('skip')
const stop = () => does('stop')
async function pause () {
  const next = desk.state?.paused ? 'resume' : 'pause'
  if (await does(next) && desk.state) desk.state.paused = next === 'pause'
  drawButtons()
}
const firstHeld = () => desk.state?.items.find(i => i.state === 'held')

function drawButtons () {
  if (!desk.state || $('mute').classList.contains('asked')) return
  $('mute').textContent = say(desk.state.muted ? 'unmute' : 'mute')
  $('mute').classList.toggle('is-on', desk.state.muted)
  $('mute').setAttribute('aria-pressed', desk.state.muted)
  $('pause').textContent = say(desk.state.paused ? 'go_on' : 'hold')
  $('pause').classList.toggle('is-on', desk.state.paused)
  $('flags').textContent = [desk.state.private && `${say('private')} (${desk.state.private})`, desk.state.muted && say('muted'), desk.state.paused && say('paused')].filter(Boolean).join(' · ')
}

function drawSaying () {
  const now = desk.state.saying
  $('saying').classList.toggle('on', !!now)
  const text = now ? now.text : say('nothing')
  // About 14 letters or 4.5 signs a second are spoken: near enough to show where it is.
  const perSecond = /[㐀-鿿]/.test(text) ? 4.5 : 14
  const at = now ? Math.min(text.length, Math.round(now.since_ms / 1000 * perSecond)) : 0
  $('saying-text').replaceChildren(make('span', 'spoken', text.slice(0, at)), document.createTextNode(text.slice(at)))
  $('saying-bar').value = now ? at / Math.max(1, text.length) : 0
  $('saying-question').textContent = now && now.question ? `${now.asker}: ${now.question}` : ''
  $('wrong').hidden = !now || desk.mine.role === 'viewer'
}

function draw () {
  if (!desk.state) return
  $('creator').textContent = desk.state.creator
  drawButtons(); drawSaying(); drawItems(); drawLearning(); drawProgram(); drawAround()
}

// The words in the co-host's voice, at this page alone.
async function preview () {
  const text = $('say-text').value.trim()
  if (!text || $('preview').disabled) return
  $('preview').disabled = true
  try {
    const sound = new Audio(URL.createObjectURL(await given('preview', { text })))
    sound.onended = () => { window.previewedSeconds = sound.duration }
    await sound.play()
  } catch (trouble) { refuse(trouble) }
  $('preview').disabled = false
}

// --- boxes, keys

async function invite () {
  const given = await does('invite', { role: 'moderator', name: 'moderator' })
  if (!given) return
  const picture = make('img')
  picture.alt = 'QR'
  picture.src = 'data:image/svg+xml,' + encodeURIComponent(given.qr_svg)
  openBox(make('h2', '', say('invite')), picture, make('p', '', given.link), make('p', '', say('link_once')))
}
function help () {
  const list = make('dl', 'keys')
  for (const line of say('help').split(' · ')) list.append(make('dt', '', line[0]), make('dd', '', line.slice(2)))
  for (const name of ['stop', 'pause', 'panic']) list.append(make('dt', '', say(name === 'pause' ? 'hold' : name)), make('dd', '', say(`tip_${name}`)))
  openBox(make('h2', '', say('keys')), list)
}
const otherLanguage = () => { setLanguage(language === 'zh' ? 'en' : 'zh'); $('language').textContent = language === 'zh' ? 'English' : '中文'; draw() }

const keys = {
  m: mute, s: skip, x: stop, p: pause, '?': help, l: otherLanguage,
  a: () => firstHeld() && does('approve', { item: firstHeld().item }), d: () => firstHeld() && does('drop', { item: firstHeld().item }), t: () => firstHeld() && does('post', { item: firstHeld().item }),
  e: editFirst, v: preview, i: () => $('say-text').focus(), w: teach, 5: () => does('mute', { minutes: 5 }), c: () => does('clear'),
}
document.addEventListener('keydown', e => {
  if (e.ctrlKey || e.metaKey || e.altKey || e.target.matches('input, textarea, select') || $('box').open || !keys[e.key]) return
  e.preventDefault()
  keys[e.key]()
})

$('mute').onclick = mute; $('mute-for').onclick = () => does('mute', { minutes: 5 }); $('skip').onclick = skip; $('stop').onclick = stop; $('pause').onclick = pause; $('panic').onclick = () => does('panic')
$('clear').onclick = () => does('clear'); $('report').onclick = () => does('report'); $('teach').onclick = teach; $('preview').onclick = preview; $('add-rundown').onclick = addToRundown; $('add-schedule').onclick = addToSchedule; $('in-cart').onclick = numberInCart
$('wrong').onclick = () => desk.state.saying && takeBack(desk.state.saying.item)
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
    desk.mine = person
    $('invite').hidden = person.role !== 'owner'
    $('sign-out').hidden = person.role === 'owner'
    for (const el of document.querySelectorAll('footer button, #clear, #report, #teach, #say button, #say input, #add-rundown, #add-schedule, #in-cart, #mode, #table')) el.disabled = person.role === 'viewer'
  },
  state: told => { desk.state = told; draw() },
  lines: takeLines,
  decided: takeDecided,
  lost: is => { $('lost').hidden = !is },
})
