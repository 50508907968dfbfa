import type { Automation } from './automation-player.js';
import { MixerCore } from './mixer-core.js';
import type { SharedState, SharedTrack } from './shared.js';

/** What the page sends to the audio thread; everything else goes through shared memory. */
export type MixerMessage =
  | { readonly tracks: readonly SharedTrack[] }
  | { readonly automation: Automation }
  | { readonly close: true };

class MixerProcessor extends AudioWorkletProcessor {
  private readonly core: MixerCore;
  private alive = true;

  constructor(options?: AudioWorkletNodeOptions) {
    super();
    this.core = new MixerCore(options?.processorOptions as SharedState);
    this.port.onmessage = ({ data }: MessageEvent<MixerMessage>) => {
      if ('tracks' in data) this.core.setTracks(data.tracks);
      else if ('automation' in data) this.core.setAutomation(data.automation);
      else this.alive = false;
    };
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    this.core.render(outputs[0]);
    return this.alive;
  }
}

registerProcessor('unbraid-mixer', MixerProcessor);
