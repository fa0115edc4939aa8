// A few seconds of the microphone, as 16-bit samples.
export async function record (seconds) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { echoCancellation: true, channelCount: 1 } })
  const context = new AudioContext()
  await context.audioWorklet.addModule('/web/sound-worklet.js')
  const node = new AudioWorkletNode(context, 'hearing', { numberOfOutputs: 0 })
  const blocks = []
  let samples = 0
  node.port.onmessage = ({ data }) => { if (samples < seconds * context.sampleRate) { blocks.push(data); samples += data.length } }
  context.createMediaStreamSource(stream).connect(node)
  return {
    stop () {
      stream.getTracks().forEach(track => track.stop())
      const sound = new Int16Array(samples), rate = context.sampleRate
      let at = 0
      for (const block of blocks) { sound.set(Int16Array.from(block, x => Math.max(-1, Math.min(1, x)) * 32767), at); at += block.length }
      context.close()
      return { rate, sound }
    },
  }
}
