import type { BenchSound } from '../../src-main/common/lab/bench.js';
import { fetchPcm } from '../api/data.js';
import { fetchDemoClip } from '../api/demo-clip.js';
import type { SongController } from './song.svelte.js';

const seconds = 10;

/** The demo's clip with its true parts. */
async function demoSound(): Promise<BenchSound> {
  const [voice, rest] = await fetchDemoClip();
  return { rate: 44_100, mix: voice.map((x, i) => x + rest[i]), parts: [voice, rest] };
}

/** Ten seconds of a song in one channel, from its selection or its playhead on; of the end where less is left. */
async function songSound({ info, view, player }: SongController): Promise<BenchSound> {
  const { session, channels, frames, sampleRate } = info;
  const count = Math.min(frames, seconds * sampleRate);
  const wanted = Math.round(view.selection?.start ?? player.position);
  const start = Math.max(0, Math.min(wanted, frames - count));
  const planes = await fetchPcm({ session, track: 'source', start, count }, channels);
  const mix = new Float32Array(count);
  for (let ch = 0; ch < channels; ch++)
    for (let i = 0; i < count; i++) mix[i] += planes[ch * count + i] / channels;
  return { rate: sampleRate, mix };
}

/** What the bench works on: the open song, or the demo without one. */
export const benchSound = (song: SongController | null): Promise<BenchSound> =>
  song ? songSound(song) : demoSound();
