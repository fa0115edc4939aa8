// What the console's parts share: the session's state, who one is, doing something, the box.
import { act, make, say } from '/web/link.js'

export const $ = id => document.getElementById(id)
export const desk = { state: null, mine: { role: 'owner' } }

export async function does (action, body) {
  try { const done = await act(action, body); $('told').textContent = ''; return done } catch (trouble) {
    $('told').textContent = say('refused') + (trouble.name === 'AbortError' ? say('lost') : trouble.message)
    setTimeout(() => { $('told').textContent = '' }, 5000)
  }
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
