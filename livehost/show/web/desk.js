// What the console's parts share: the session's state, who one is, doing something, the box.
import { act, make, say } from '/web/link.js'

export const $ = id => document.getElementById(id)
export const desk = { state: null, mine: { role: 'owner' } }

export async function does (action, body) {
  try { const done = await act(action, body); $('told').textContent = ''; return done } catch (trouble) { refuse(trouble) }
}

export function refuse (trouble) {
  $('told').textContent = say('refused') + (trouble.name === 'AbortError' ? say('lost') : trouble.message)
  setTimeout(() => { $('told').textContent = '' }, 5000)
}

export function button (key, run, cls = '') {
  const el = make('button', cls, say(key))
  el.dataset.say = key
  el.onclick = run
  return el
}

export function openBox (...inside) {
  $('box-inside').replaceChildren(...inside)
  if (!$('box').open) $('box').showModal()
}

// A box with a field for each of `fields`: [name, what stands in it], or [name, what is chosen, [[value, words] …]]. `send`
// is given what was filled in, and answers what came of it.
export function ask (title, fields, send) {
  const form = make('form', 'ask'), given = {}
  for (const [name, text, choices] of fields) {
    const label = make('label', '', say(`field_${name}`)), field = make(choices ? 'select' : 'textarea')
    for (const [value, words] of choices ?? []) { const el = make('option', '', words); el.value = value; field.append(el) }
    if (!choices) { field.rows = name === 'answer' ? 3 : 1; field.maxLength = name === 'answer' ? 500 : 300 }
    field.value = text
    given[name] = field
    label.append(field)
    form.append(label)
  }
  form.append(make('button', 'primary', say('save')))
  form.onsubmit = async e => {
    e.preventDefault()
    const words = Object.fromEntries(Object.entries(given).map(([name, field]) => [name, field.value.trim()]))
    const whole = Object.values(given).every(field => field.tagName === 'SELECT' || field.value.trim())
    if (whole && await send(words)) $('box').close()
  }
  form.onkeydown = e => { if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) form.requestSubmit() }
  openBox(make('h2', '', say(title)), form)
  given[fields.at(-1)[0]].focus()
}
