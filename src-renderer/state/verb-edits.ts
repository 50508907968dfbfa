import type { EditRecord } from '../../src-main/common/document/records.js';
import type { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import { areaMask, boundsOf, type EdgeWidth, type EditArea } from './edit-area.js';
import type { RepairPort } from './repair-port.js';
import type { PlacedEdit } from './edit-request.js';
import type { StepName } from './step-name.js';

/** What can be done with a selection at once. */
export type Verb =
  | { readonly kind: 'move' | 'copy'; readonly target: string }
  | { readonly kind: 'takeAway' | 'attenuate' | 'debleed' | 'healTime' | 'healBand' | 'clone' };

export function sameVerb(a: Verb, b: Verb | null): boolean {
  return a.kind === b?.kind && ('target' in a ? a.target : '') === ('target' in b ? b.target : '');
}

/** The share of a signal's amplitude that goes when it gets this much quieter, dB. */
export function shareOf(dB: number): number {
  return 1 - 10 ** (-dB / 20);
}

/** What is selected: a range, or what is painted. */
export interface Place {
  readonly area: EditArea;
  readonly painted?: TileMask | undefined;
}

/** How a verb is done. */
export interface VerbHow {
  /** The stems it is done to. */
  readonly sources: readonly string[];
  /** 0 … 1. */
  readonly strength: number;
  readonly phase: EditRecord['phase'];
  readonly feather: EdgeWidth;
  readonly attenuationDb: number;
  /** 0 … 1. */
  readonly bleedAmount: number;
  /** Where a clone goes: how much later, frames of the song. */
  readonly shift: number;
  /** Multiples of the fundamental that are cloned with it, itself among them. */
  readonly overtones: number;
  /** The lane it is done in. */
  readonly lane: string;
  /** Frames of the song, and per second. */
  readonly length: number;
  readonly sampleRate: number;
}

const stepTexts = {
  move: 'step.edit.move',
  copy: 'step.edit.copy',
  takeAway: 'step.edit.attenuate',
  attenuate: 'step.edit.quieter',
  debleed: 'step.edit.debleed',
  healTime: 'step.edit.heal',
  healBand: 'step.edit.heal',
  clone: 'step.edit.clone',
} as const satisfies Readonly<Record<Verb['kind'], StepName['text']>>;

/** What a step of a verb is called. */
export function stepOf(verb: Verb, sources: readonly string[]): StepName {
  // What is taken from all stems is taken from the song.
  const from = sources.length > 1 ? 'source' : sources[0];
  return { text: stepTexts[verb.kind], stem: 'target' in verb ? verb.target : from };
}

/** The edits that do it at a place. Rejects with typed errors. */
export async function editsOf(
  verb: Verb,
  place: Place,
  how: VerbHow,
  port: RepairPort,
): Promise<readonly PlacedEdit[]> {
  const { sources, strength, phase, feather } = how;
  const { area, painted: mask } = place;
  const common = { area, feather, strength, ...(mask && { mask }) };
  const phased = phase && { phase };
  switch (verb.kind) {
    case 'move':
    case 'copy': {
      const { kind, target } = verb;
      const from = sources.filter((id) => id !== target);
      return from.length > 0 ? [{ ...common, ...phased, kind, sources: from, target }] : [];
    }
    case 'takeAway':
      return [{ ...common, ...phased, kind: 'attenuate', sources, target: null }];
    case 'attenuate': {
      const quieter = { ...common, ...phased, strength: shareOf(how.attenuationDb) };
      return [{ ...quieter, kind: 'attenuate', sources, target: null }];
    }
    case 'healTime':
    case 'healBand': {
      const fill = verb.kind === 'healTime' ? 'time' : 'frequency';
      return [{ ...common, kind: 'heal', fill, sources, target: null }];
    }
    case 'clone':
      return [await clone(place, how, port)];
    case 'debleed':
      return (await Promise.all(sources.map((stem) => debleed(stem, place, how, port)))).flat();
  }
}

/** The mask of a place. */
export function maskOf({ area, painted }: Place, { sampleRate, feather }: VerbHow): TileMask {
  return painted ?? areaMask(area, sampleRate, feather);
}

/** What each other stem dominates moves to it. */
async function debleed(
  stem: string,
  place: Place,
  how: VerbHow,
  port: RepairPort,
): Promise<readonly PlacedEdit[]> {
  const { length, sampleRate, strength, feather } = how;
  const found = await port.bleed(stem, maskOf(place, how), how.bleedAmount);
  return found.map(({ stem: target, mask }) => ({
    ...{ kind: 'move' as const, sources: [stem], target, strength, feather, mask },
    area: boundsOf(mask, length, sampleRate) ?? place.area,
  }));
}

/** What is selected, with its overtones, comes to another time in its stems. */
async function clone(place: Place, how: VerbHow, port: RepairPort): Promise<PlacedEdit> {
  const { sources, strength, feather, shift, overtones, lane, length, sampleRate } = how;
  const own = maskOf(place, how);
  const mask = overtones > 1 ? await port.overtones(lane, own, overtones) : own;
  const { start, end, band } = boundsOf(mask, length, sampleRate) ?? place.area;
  const inSong = (frame: number): number => Math.min(Math.max(frame + shift, 0), length);
  return {
    ...{ kind: 'clone', sources, target: null, strength, feather, mask, shift },
    area: { start: inSong(start), end: inSong(end), band },
  };
}
