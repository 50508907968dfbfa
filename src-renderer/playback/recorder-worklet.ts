/** Sends every quantum it hears to its port: lets a test compare the mixer's output sample by sample. */
class RecorderProcessor extends AudioWorkletProcessor {
  process(inputs: Float32Array[][]): boolean {
    this.port.postMessage(inputs[0].map((plane) => plane.slice()));
    return true;
  }
}

registerProcessor('unbraid-recorder', RecorderProcessor);
