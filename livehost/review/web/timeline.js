// The time line: lanes of speech, questions and people around the moment that is played, and the whole session below it.
const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
export const clock = ms => {
  const s = Math.max(0, Math.floor(ms / 1000)), h = Math.floor(s / 3600), m = Math.floor(s / 60) % 60, two = n => String(n).padStart(2, '0')
  return h ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`
}
export const tone = fate => /^answered/.test(fate) ? 'good' : /^(shown|held|asked|taken|open)/.test(fate) ? 'open' : /^(too old|dropped)/.test(fate) ? 'bad' : ''
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600].map(s => s * 1000)
const first = (list, ms, at = row => row[0]) => { let low = 0, high = list.length; while (low < high) { const mid = (low + high) >> 1; if (at(list[mid]) < ms) low = mid + 1; else high = mid } return low }

export function timeline ({ near, whole, session, names, jump, pick }) {
  let span = Math.min(session.duration_ms || 1000, 120000), colours
  const readColours = () => { colours = Object.fromEntries(['ink', 'faint', 'line', 'red', 'green', 'amber', 'blue', 'grey', 'host', 'back'].map(n => [n, css('--' + n)])) }
  readColours()
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', readColours)
  const fit = canvas => {
    const ratio = devicePixelRatio || 1, width = canvas.clientWidth, height = canvas.clientHeight
    if (canvas.width !== Math.round(width * ratio) || canvas.height !== Math.round(height * ratio)) { canvas.width = Math.round(width * ratio); canvas.height = Math.round(height * ratio) }
    const pen = canvas.getContext('2d')
    pen.setTransform(ratio, 0, 0, ratio, 0, 0)
    pen.clearRect(0, 0, width, height)
    return [pen, width, height]
  }
  const from = now => Math.max(0, Math.min(now - span * 0.4, session.duration_ms - span))
  const paint = { good: 'green', open: 'amber', bad: 'red', '': 'grey' }

  function drawNear (now) {
    const [pen, width, height] = fit(near), start = from(now), x = ms => (ms - start) / span * width, end = start + span
    const lane = (height - 18) / 4
    pen.font = '11px system-ui, "Noto Sans CJK SC", sans-serif'
    pen.fillStyle = colours.back
    pen.fillRect(0, 0, width, height)
    const step = STEPS.find(s => span / s <= width / 70) || 3600000
    pen.fillStyle = colours.faint
    for (let t = Math.ceil(start / step) * step; t <= end; t += step) { pen.fillStyle = colours.line; pen.fillRect(x(t), 0, 1, height - 16); pen.fillStyle = colours.faint; pen.fillText(clock(t), x(t) + 3, height - 4) }
    for (const [a, b] of session.troubles) if (b >= start && a <= end) { pen.fillStyle = colours.red; pen.globalAlpha = 0.15; pen.fillRect(x(a), 0, Math.max(1, x(b) - x(a)), height - 16); pen.globalAlpha = 1 }
    const spans = (list, y, colour, text) => {
      for (let n = Math.max(0, first(list, start) - 1); n < list.length && list[n][0] <= end; n++) {
        const [a, b] = list[n]
        pen.fillStyle = colour
        pen.fillRect(x(a), y + 3, Math.max(2, x(b) - x(a)), lane - 6)
        if (text && x(b) - x(a) > 40) { pen.save(); pen.beginPath(); pen.rect(x(a), y, x(b) - x(a), lane); pen.clip(); pen.fillStyle = colours.back; pen.fillText(text(list[n]), Math.max(x(a), 0) + 4, y + lane / 2 + 4); pen.restore() }
      }
    }
    spans(session.host, 0, colours.host)
    for (let n = Math.max(0, first(session.host_words, start) - 1); n < session.host_words.length && session.host_words[n][0] <= end; n++) {
      const [a, b, words] = session.host_words[n]
      if (x(b) - x(a) > 40) { pen.save(); pen.beginPath(); pen.rect(x(a), 0, x(b) - x(a), lane); pen.clip(); pen.fillStyle = colours.back; pen.fillText(words, Math.max(x(a), 0) + 4, lane / 2 + 4); pen.restore() }
    }
    spans(session.said, lane, colours.green, row => row[3])
    for (let n = first(session.questions, start); n < session.questions.length && session.questions[n][0] <= end; n++) {
      const [at, , askers, fate] = session.questions[n]
      pen.fillStyle = colours[paint[tone(fate)]]
      pen.beginPath(); pen.arc(x(at), 2.5 * lane, Math.min(lane / 2 - 2, 3 + Math.sqrt(askers) * 2), 0, 7); pen.fill()
    }
    for (let n = first(session.deeds, start); n < session.deeds.length && session.deeds[n][0] <= end; n++) {
      const [at, action] = session.deeds[n]
      pen.fillStyle = colours.amber
      pen.beginPath(); pen.moveTo(x(at), 3 * lane + 2); pen.lineTo(x(at) + 7, 3.5 * lane); pen.lineTo(x(at), 4 * lane - 2); pen.fill()
      pen.fillText(action, x(at) + 10, 3.5 * lane + 4)
    }
    pen.fillStyle = colours.faint
    names().forEach((name, n) => { const wide = pen.measureText(name).width; pen.globalAlpha = 0.8; pen.fillStyle = colours.back; pen.fillRect(0, n * lane + 1, wide + 6, 13); pen.globalAlpha = 1; pen.fillStyle = colours.faint; pen.fillText(name, 3, n * lane + 11) })
    pen.fillStyle = colours.blue
    pen.fillRect(x(now) - 1, 0, 2, height)
  }

  function drawWhole (now) {
    const [pen, width, height] = fit(whole), x = ms => ms / (session.duration_ms || 1) * width
    const most = Math.max(1, ...session.density.map(([a, b, c]) => a + b + c)), wide = Math.max(1, width / session.density.length)
    session.density.forEach((counts, n) => {
      let y = height
      counts.forEach((count, k) => { const h = count / most * (height - 4); pen.fillStyle = [colours.green, colours.amber, colours.grey][k]; pen.fillRect(n * width / session.density.length, y - h, wide, h); y -= h })
    })
    pen.fillStyle = colours.amber
    for (const [at] of session.deeds) pen.fillRect(x(at), 0, 1, 6)
    pen.strokeStyle = colours.blue
    pen.lineWidth = 2
    pen.strokeRect(x(from(now)) + 1, 1, Math.max(4, x(span) - 2), height - 2)
    pen.fillStyle = colours.blue
    pen.fillRect(x(now) - 1, 0, 2, height)
  }

  const drag = (canvas, moment) => {
    let base = null
    canvas.onpointerdown = e => { base = moment.begin(); canvas.setPointerCapture(e.pointerId); jump(moment.at(e, base)) }
    canvas.onpointermove = e => { if (base !== null) jump(moment.at(e, base)) }
    canvas.onpointerup = canvas.onpointercancel = () => { base = null }
  }
  let shown = 0
  drag(near, { begin: () => from(shown), at: (e, base) => base + e.offsetX / near.clientWidth * span })
  drag(whole, { begin: () => 0, at: e => e.offsetX / whole.clientWidth * session.duration_ms })
  near.ondblclick = e => {
    const at = from(shown) + e.offsetX / near.clientWidth * span
    const close = session.questions.reduce((best, q) => Math.abs(q[0] - at) < Math.abs((best?.[0] ?? Infinity) - at) ? q : best, null)
    if (close) pick(close[4])
  }
  const zoom = factor => { span = Math.max(5000, Math.min(Math.max(5000, session.duration_ms), span * factor)); return span }
  near.addEventListener('wheel', e => { e.preventDefault(); zoom(e.deltaY > 0 ? 1.25 : 0.8) }, { passive: false })
  return { zoom, draw (now) { shown = now; drawNear(now); drawWhole(now) } }
}
