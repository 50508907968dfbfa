import type { BenchSound } from '../../src-main/common/lab/bench.js';
import type { SongPiece } from '../../src-main/common/lab/material.js';
import { fetchPcm } from '../api/data.js';
import { fetchDemoClip } from '../api/demo-clip.js';
import type { SongController } from './song.svelte.js';

const seconds = 10;

/** What the Lab works on. */
export interface LabSound {
  readonly bench: BenchSound;
  /** The same for lessons; null for the demo. */
  readonly piece: SongPiece | null;
  /** The stem that stands for the voice; null where no parts are known, or they are true ones. */
  readonly voice: string | null;
}

/** The demo's clip with its true parts. */
async function demoSound(): Promise<LabSound> {
  const [voice, rest] = await fetchDemoClip();
  const mix = voice.map((x, i) => x + rest[i]);
  // All but the voice, to the last bit: notebooks carry the mixture and the voice only.
  const band = mix.map((x, i) => x - voice[i]);
  const bench: BenchSound = { rate: 44_100, mix, parts: [voice, band] };
  return { bench, piece: null, voice: null };
}

/** Ten seconds of a song in one channel, from its selection or its playhead on; of the end where less is left. */
async function songSound({ info, view, player }: SongController): Promise<LabSound> {
  const { session, channels, frames, sampleRate: rate, tracks } = info;
  const count = Math.min(frames, seconds * rate);
  const wanted = Math.round(view.selection?.start ?? player.position);
  const start = Math.max(0, Math.min(wanted, frames - count));
  const read = async (track: string): Promise<Float32Array<ArrayBuffer>> => {
    const planes = await fetchPcm({ session, track, start, count }, channels);
    const mono = new Float32Array(count);
    for (let ch = 0; ch < channels; ch++)
      for (let i = 0; i < count; i++) mono[i] += planes[ch * count + i] / channels;
    return mono;
  };
  const mix = await read('source');
  const stems = tracks.filter(({ kind }) => kind === 'stem');
  if (stems.length < 2) return { bench: { rate, mix }, piece: { rate, mix }, voice: null };
  // Its separated stems stand for the true ones.
  const { id, name } = stems.find((stem) => stem.name === 'vocals') ?? stems[0];
  const struck = stems.find((stem) => stem.id !== id && ['drums', 'percussive'].includes(stem.name));
  const voice = await read(id);
  const drums = struck && stems.length > 2 ? await read(struck.id) : undefined;
  const rest = mix.map((x, i) => x - voice[i]);
  return { bench: { rate, mix, parts: [voice, rest] }, piece: { rate, mix, voice, drums }, voice: name };
}

/** The open song, or the demo without one. */
export const labSound = (song: SongController | null): Promise<LabSound> =>
  song ? songSound(song) : demoSound();
