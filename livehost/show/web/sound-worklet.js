// In the audio thread: a jitter buffer that plays what comes, and a tap on the microphone.

const FIRST_SECONDS = 0.06 // collected before it begins, so that the network's trembling makes no gaps

class Playing extends AudioWorkletProcessor {
  constructor () {
    super()
    this.blocks = []
    this.offset = 0
    this.waiting = 0 // samples
    this.running = false
    this.port.onmessage = ({ data }) => {
      if (data === 'hush') { this.blocks = []; this.offset = 0; this.waiting = 0; this.running = false; return }
      this.blocks.push(data)
      this.waiting += data.length
    }
  }

  process (_inputs, [[out]]) {
    if (!this.running) this.running = this.waiting >= FIRST_SECONDS * sampleRate
    let loud = 0
    for (let at = 0; this.running && at < out.length; at++) {
      if (!this.blocks.length) { this.running = false; break }
      out[at] = this.blocks[0][this.offset++]
      loud = Math.max(loud, Math.abs(out[at]))
      this.waiting--
      if (this.offset >= this.blocks[0].length) { this.blocks.shift(); this.offset = 0 }
    }
    if (loud > 0.001 || this.loud) this.port.postMessage(loud)
    this.loud = loud > 0.001
    return true
  }
}

class Hearing extends AudioWorkletProcessor {
  constructor () {
    super()
    this.block = new Float32Array(Math.round(sampleRate * 0.02))
    this.filled = 0
  }

  process ([[heard]]) {
    for (const sample of heard ?? []) {
      this.block[this.filled++] = sample
      if (this.filled === this.block.length) { this.port.postMessage(this.block.slice()); this.filled = 0 }
    }
    return true
  }
}

registerProcessor('playing', Playing)
registerProcessor('hearing', Hearing)
