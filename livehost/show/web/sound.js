// The page as microphone and speaker. Browsers allow either only after a click.

const SPOKEN_RATE = 24000

// `level` is told 0..1 of what is heard, `played` of what is played, `told` a word: 'on', 'refused', 'lost'.
export async function openSound ({ microphone, speaker, level = () => {}, played = () => {}, told = () => {} }) {
  let stream
  if (microphone) {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, noiseSuppression: false, autoGainControl: false, channelCount: 1 } })
    } catch { told('refused'); return null }
  }
  const playing = speaker && await worklet(new AudioContext({ sampleRate: SPOKEN_RATE, latencyHint: 'interactive' }), 'playing', 1)
  const hearing = stream && await worklet(new AudioContext({ latencyHint: 'interactive' }), 'hearing', 0)
  if (playing) { playing.node.connect(playing.context.destination); playing.node.port.onmessage = ({ data }) => played(data) }

  let socket, closed = false, retry
  const connect = () => {
    socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/api/sound`)
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => { if (hearing) socket.send(JSON.stringify({ rate: hearing.context.sampleRate })); told('on') }
    socket.onmessage = ({ data }) => playing?.node.port.postMessage(data === 'hush' ? 'hush' : toFloat(data))
    socket.onclose = () => {
      playing?.node.port.postMessage('hush') // what was said before the link broke is not said when it comes back
      if (closed) return
      told('lost')
      clearTimeout(retry)
      retry = setTimeout(connect, 1000)
    }
  }
  connect()
  if (hearing) {
    hearing.context.createMediaStreamSource(stream).connect(hearing.node)
    hearing.node.port.onmessage = ({ data }) => {
      level(Math.sqrt(data.reduce((sum, x) => sum + x * x, 0) / data.length))
      if (socket.readyState === WebSocket.OPEN && socket.bufferedAmount < 65536) socket.send(toInt16(data))
    }
    for (const track of stream.getTracks()) track.onended = () => told('lost')
  }
  return { close () { closed = true; clearTimeout(retry); socket.close(); stream?.getTracks().forEach(track => track.stop()); playing?.context.close(); hearing?.context.close() } }
}

async function worklet (context, name, outputs) {
  await context.audioWorklet.addModule('/web/sound-worklet.js')
  addEventListener('pointerdown', () => context.resume(), { once: true }) // where the browser waits for a click
  await context.resume()
  return { context, node: new AudioWorkletNode(context, name, { numberOfOutputs: outputs, outputChannelCount: outputs ? [1] : [] }) }
}

const toFloat = data => Float32Array.from(new Int16Array(data), x => x / 32768)
const toInt16 = data => Int16Array.from(data, x => Math.max(-1, Math.min(1, x)) * 32767).buffer
