// The page works without this; with it the language changes, and answers written into the form become a faq.csv.
const root = document.documentElement
const written = document.getElementById('written')
const form = document.getElementById('form')
function inLanguage (language) { root.dataset.language = language; root.lang = language === 'zh' ? 'zh-CN' : 'en' }
const asked = new URLSearchParams(location.search).get('lang')
if (asked === 'en' || asked === 'zh') inLanguage(asked)
document.getElementById('language').onclick = () => { inLanguage(root.dataset.language === 'zh' ? 'en' : 'zh') }
document.getElementById('print').onclick = () => print()
const cell = text => { const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text; return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe }
const answered = () => [...form.querySelectorAll('li')].map(li => ({ ...li.dataset, answer: li.querySelector('textarea').value.trim() })).filter(row => row.answer)
if (form) {
  form.oninput = () => { written.textContent = answered().length }
  form.onsubmit = event => {
    event.preventDefault()
    const rows = answered().map(row => ['', row.question, row.answer, row.product, row.also].map(cell).join(','))
    const link = document.createElement('a')
    link.href = URL.createObjectURL(new Blob(['\ufeffid,question,answer,product_id,also_asked\r\n' + rows.join('\r\n') + '\r\n'], { type: 'text/csv' }))
    link.download = 'faq.csv'
    link.click()
    setTimeout(() => URL.revokeObjectURL(link.href), 10000)
  }
}
