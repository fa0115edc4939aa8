import { act, say, translate } from '/web/link.js'

const $ = id => document.getElementById(id)
translate()
$('join').onsubmit = async e => {
  e.preventDefault()
  try {
    await act('sign-in', { name: $('name').value, password: $('password').value })
    location.href = '/console'
  } catch (trouble) { $('refused').textContent = trouble.name === 'AbortError' ? say('lost') : trouble.message }
}
