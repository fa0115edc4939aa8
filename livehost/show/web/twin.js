// The fan page: a visitor asks, by text or by voice; the co-host answers, and is heard on request.
import { language, make, say, setLanguage, translate, webAddress } from '/web/link.js'
import { record } from '/web/recording.js'

const $ = id => document.getElementById(id)
let about = null, recording = null

async function call (path, options = {}) {
  const answer = await fetch(`/api/twin${path}`, options)
  if (answer.ok) return answer
  throw new Error(answer.status === 429 ? say('twin_slow') : answer.status === 503 ? say('twin_away') : say('twin_failed'))
}

function put (cls, text, from) {
  const el = make('div', `said ${cls}`)
  if (from) el.append(make('span', 'from', from))
  el.append(document.createTextNode(text))
  $('talk').append(el)
  while ($('talk').children.length > 200) $('talk').firstChild.remove()
  $('talk').scrollTop = $('talk').scrollHeight
  return el
}
const from = () => `${about.cohost || about.creator} · ${say('ai_short')}`

function show (answer) {
  const words = answer.route === 'answer' ? answer.text : say(answer.route === 'passed' ? 'twin_passed' : 'twin_ignored').replace('{name}', about.creator)
  const link = webAddress(answer.link)
  const el = put(answer.route, link ? words.replace(link, '').trim() : words, from())
  if (link) { const a = make('a', '', ` ${link}`); a.href = link; a.rel = 'noopener noreferrer nofollow'; a.target = '_blank'; el.append(a) }
  if (answer.sound) {
    const play = make('button', '', say('twin_hear'))
    play.onclick = () => hear(play, answer.sound)
    el.append(play)
  }
}

async function ask (text) {
  if (!text.trim() || $('send').disabled) return
  $('suggestions').hidden = true
  $('send').disabled = true
  put('mine', text)
  $('text').value = ''
  $('told').textContent = say('twin_thinking')
  try {
    const given = await (await call('/ask', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ text }) })).json()
    $('told').textContent = ''
    given.answers.forEach(show)
  } catch (trouble) { $('told').textContent = trouble.message; $('text').value = text }
  $('send').disabled = false
}

async function hear (button, name) {
  button.disabled = true
  try {
    const sound = new Audio(URL.createObjectURL(await (await call(`/sound/${name}`)).blob()))
    sound.onended = () => { button.disabled = false; window.heardSeconds = sound.duration }
    await sound.play()
    $('told').textContent = ''
  } catch (trouble) { $('told').textContent = trouble.message; button.disabled = false }
}

// First press: it listens; second: what was heard stands in the field, to be set right and sent.
async function speak () {
  if (!recording) {
    try { recording = await record(15) } catch { $('told').textContent = say('sound_refused'); return }
    $('speak').classList.add('on')
    $('speak').textContent = say('twin_stop')
    $('told').textContent = say('twin_listening')
    return
  }
  const { rate, sound } = recording.stop()
  recording = null
  $('speak').classList.remove('on')
  $('speak').textContent = say('twin_speak')
  $('told').textContent = say('twin_thinking')
  try {
    const { text } = await (await call(`/voice?rate=${rate}`, { method: 'POST', headers: { 'content-type': 'application/octet-stream' }, body: sound })).json()
    $('text').value = text.slice(0, 300)
    $('told').textContent = text ? say('twin_check') : say('twin_unheard')
    $('text').focus()
  } catch (trouble) { $('told').textContent = trouble.message }
}

function words () {
  translate()
  $('language').textContent = language === 'zh' ? 'English' : '中文'
  if (!about) return
  $('name').textContent = about.cohost ? `${about.cohost} · ${about.creator}` : about.creator
}

$('ask').onsubmit = e => { e.preventDefault(); ask($('text').value) }
$('speak').onclick = speak
$('language').onclick = () => { setLanguage(language === 'zh' ? 'en' : 'zh'); words() }
words()
about = await (await call('')).json()
words()
$('speak').hidden = !about.microphone
if (about.opening) put('', about.opening, from())
for (const question of about.suggestions) { const el = make('button', '', question); el.onclick = () => ask(question); $('suggestions').append(el) }
