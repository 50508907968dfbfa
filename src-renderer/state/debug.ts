import recorderAddress from '../playback/recorder-worklet.ts?worker&url';
import { Scope } from '../base/scope.js';
import type { AppController } from './app.svelte.js';

export interface Recording {
  /** How many frames it has by now; browsers render some time ahead, and in bursts. */
  frames(): number;
  stop(): number[][];
}

/** What tests see of the page; only with `?debug` in the address. */
export interface DebugAccess {
  readonly app: AppController;
  /** Records what the mixer puts out until `stop` is called: `[channels][frames]`, as plain arrays. */
  record(): Promise<Recording>;
}

declare global {
  interface Window {
    __unbraid?: DebugAccess;
  }
}

export function exposeDebug(app: AppController): void {
  window.__unbraid = { app, record: () => record(app) };
}

async function record(app: AppController): Promise<Recording> {
  const player = app.song!.player;
  const channels = app.song!.info.channels;
  await player.context.audioWorklet.addModule(recorderAddress);
  await player.context.resume();
  const node = new AudioWorkletNode(player.context, 'unbraid-recorder', { numberOfOutputs: 0 });
  const planes: number[][] = Array.from({ length: channels }, () => []);
  const scope = new Scope();
  scope.messages(node.port, (heard: Float32Array[]) => {
    heard.forEach((plane, ch) => planes[ch].push(...plane));
  });
  player.output!.connect(node);
  return {
    frames: () => planes[0].length,
    stop: () => {
      player.output!.disconnect(node);
      scope.dispose();
      return planes;
    },
  };
}
