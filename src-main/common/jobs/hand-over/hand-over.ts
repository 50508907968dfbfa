import type { Frames } from '../../base/units.js';
import type { MixerStrip } from '../mixer.js';

/** What other programs take a song's stems as. */
export const handOverKinds = ['dawproject', 'reaper'] as const;
export type HandOverKind = (typeof handOverKinds)[number];

/** A stem as a track of another program. */
export interface HandOverTrack {
  /** What a person calls it; any text. */
  readonly name: string;
  /** `#rrggbb`. */
  readonly colour: string;
  /** Its audio, seen from the project's file, with slashes. */
  readonly file: string;
  /** Automation counts in frames of the song, as everywhere. */
  readonly strip: MixerStrip;
}

/** A song for another program: every track begins at its start and is as long as it. */
export interface HandOver {
  readonly name: string;
  /** Version of this program. */
  readonly version: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly sampleRate: number;
  readonly channels: number;
  /** Where in the song the tracks begin; 0 unless they are a selection. */
  readonly firstFrame: Frames;
  /** Length of every track. */
  readonly frames: Frames;
  readonly tracks: readonly HandOverTrack[];
  /** Places with names, seconds from the start of the tracks, in order. */
  readonly markers: readonly { readonly name: string; readonly seconds: number }[];
  /** The song's tempo, beats a minute, and the beats of its bar; null for what the tags say. */
  readonly tempo: { readonly bpm: number; readonly perBar: number } | null;
}

/** Beats a minute that both formats take. */
const slowest = 20;
const fastest = 666;

/**
 * Beats a minute for the grid of the other program: the song's own tempo, else what the file says of itself (`TBPM` and its
 * like), else 120. All positions are in seconds, so that a wrong one moves nothing.
 */
export function tempoOf({ tags, tempo }: Pick<HandOver, 'tags' | 'tempo'>): string {
  if (tempo) return decimal(Math.min(fastest, Math.max(slowest, tempo.bpm)), 3);
  const text = (tags['bpm'] ?? '').trim();
  const stated = /^\d+([.,]\d+)?$/.test(text) ? Number(text.replace(',', '.')) : 0;
  return decimal(stated >= slowest && stated <= fastest ? stated : 120, 3);
}

/** A number without an exponent and with at most this many decimals, which every reader of a text format accepts. */
export function decimal(value: number, places = 9): string {
  const text = value.toFixed(places).replace(/\.?0+$/, '');
  return text === '-0' ? '0' : text;
}

/** Text without what UTF-8 cannot hold: halves of surrogate pairs become U+FFFD. */
export function wellFormed(text: string): string {
  return text.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '\ufffd');
}
