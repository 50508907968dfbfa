import { UnbraidError } from '../../src-main/common/base/errors.js';

const files = [
  new URL('../lab/demo/vocals.mp3', import.meta.url),
  new URL('../lab/demo/rest.mp3', import.meta.url),
];

/** Ten seconds of the demo song's voice and of all the rest, one channel each at 44.1 kHz. Throws `io-error`. */
export async function fetchDemoClip(): Promise<readonly Float32Array<ArrayBuffer>[]> {
  const context = new OfflineAudioContext(1, 1, 44_100);
  const clips = await Promise.all(
    files.map(async (file) => {
      const response = await fetch(file);
      if (!response.ok) throw new UnbraidError('io-error', `The demo's sound answered ${response.status}`);
      return (await context.decodeAudioData(await response.arrayBuffer())).getChannelData(0);
    }),
  );
  const length = Math.min(441_000, ...clips.map((clip) => clip.length));
  return clips.map((clip) => clip.slice(0, length));
}
