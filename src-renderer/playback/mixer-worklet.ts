import type { Automation } from './automation-player.js';
import { Scope } from '../base/scope.js';
import { MixLoudness } from './mix-loudness.js';
import { MixerCore } from './mixer-core.js';
import type { SharedState, SharedTrack } from './shared.js';

/** What the page sends to the audio thread; everything else goes through shared memory. */
export type MixerMessage =
  | { readonly tracks: readonly SharedTrack[] }
  | { readonly automation: Automation }
  | { readonly close: true };

class MixerProcessor extends AudioWorkletProcessor {
  private readonly shared: SharedState;
  private readonly core: MixerCore;
  private loudness: MixLoudness | undefined;
  private alive = true;

  constructor(options?: AudioWorkletNodeOptions) {
    super();
    this.shared = options?.processorOptions as SharedState;
    this.core = new MixerCore(this.shared);
    const scope = new Scope();
    scope.messages(this.port, (message: MixerMessage) => {
      if ('tracks' in message) this.core.setTracks(message.tracks);
      else if ('automation' in message) this.core.setAutomation(message.automation);
      else {
        this.alive = false;
        scope.dispose();
      }
    });
  }

  process(_inputs: Float32Array[][], outputs: Float32Array[][]): boolean {
    this.core.render(outputs[0]);
    this.loudness ??= new MixLoudness(this.shared, outputs[0].length, sampleRate);
    this.loudness.follow(outputs[0]);
    return this.alive;
  }
}

registerProcessor('unbraid-mixer', MixerProcessor);
