import { lowestDb, removedStem } from '../../../src-main/common/document/records.js';
import { endingOf, factsOf, isStemFile, outputFormats } from '../../../src-main/common/jobs/formats.js';
import type { Mixer, MixerStrip } from '../../../src-main/common/jobs/mixer.js';
import { canMix, practiceDb, presetMixer } from '../../../src-main/common/jobs/presets.js';
import { forPieces, type StemParents } from '../../../src-main/common/jobs/stem-pieces.js';
import { checkTemplate } from '../../../src-main/common/jobs/naming.js';
import { stemTargets, templateValues } from '../../../src-main/common/jobs/template-values.js';
import type { SessionInfo } from '../../../src-main/common/contract/session.js';
import type { SeparationSettings, SeparationSettingsInput } from '../../../src-main/common/jobs/settings.js';

export type ExportFormat = SeparationSettings['format'];
export type ExportDepth = NonNullable<SeparationSettings['depth']>;

/**
 * What people export, by what they want it for: mixes, stems, a project of another program, or this one's whole
 * project. `needs` is what there must be first.
 */
export const exportKinds = [
  { kind: 'stems', needs: 'stems', makes: 'stems' },
  { kind: 'karaoke', needs: 'vocals', makes: 'mix' },
  { kind: 'acappella', needs: 'vocals', makes: 'mix' },
  { kind: 'practice', needs: 'stems', makes: 'mix' },
  { kind: 'dj', needs: 'four stems', makes: 'stems' },
  { kind: 'mix', needs: null, makes: 'mix' },
  { kind: 'selection', needs: 'selection', makes: 'selection' },
  { kind: 'dawproject', needs: 'stems', makes: 'other' },
  { kind: 'reaper', needs: 'stems', makes: 'other' },
  { kind: 'project', needs: null, makes: 'other' },
] as const;
export type ExportKind = (typeof exportKinds)[number]['kind'];

/** What the engine is asked for: files of stems, a mix, the part of a track, or a project. */
export function madeOf(kind: ExportKind): (typeof exportKinds)[number]['makes'] {
  return exportKinds.find((one) => one.kind === kind)!.makes;
}

/** Whether a song with these stems (by name), and with something selected or not, can be exported so. */
export function canExport(
  kind: ExportKind,
  stems: readonly string[],
  selected: boolean,
  parents?: StemParents,
): boolean {
  const { needs } = exportKinds.find((one) => one.kind === kind)!;
  if (needs === 'selection') return selected;
  // What was taken away is no stem to a DJ.
  if (needs === 'four stems') return stems.filter((name) => name !== removedStem).length === 4;
  if (needs === 'vocals') return canMix('karaoke', stems, parents);
  return needs === null || stems.length > 0;
}

/** Formats for a kind: stem files are for DJs, projects hold WAV, everything else is one of the others. */
export function formatsFor(kind: ExportKind): typeof exportFormats {
  const makes = madeOf(kind);
  if (makes === 'other') return exportFormats.filter(({ format }) => format === 'wav');
  return exportFormats.filter(({ format }) => isStemFile(format) === (kind === 'dj'));
}

/** A stem that steps back in a practice mix, and by how many dB below its level as separated. */
export interface Practised {
  readonly stem: string;
  readonly dB: number;
}

/**
 * What a practice mix begins with: the one stem that the mixer turns down, by as much; else `current`, by as much as
 * the mixer has it turned down or the preset would.
 */
export function practisedIn(strips: Readonly<Record<string, MixerStrip>>, current: string): Practised {
  const down = Object.keys(strips).filter((name) => name !== removedStem && strips[name].gainDb < 0);
  const stem = down.length === 1 ? down[0] : current;
  const gainDb = strips[stem]?.gainDb ?? 0;
  return { stem, dB: gainDb < 0 ? -gainDb : -practiceDb };
}

/**
 * The mix that a kind is, of strips as the mixer has them: with their levels, pans and automation, or neutral. The stem
 * that a practice mix turns down has that level in place of the mixer's, so that it is turned down once.
 */
export function mixFor(
  kind: 'karaoke' | 'acappella' | 'practice',
  strips: Readonly<Record<string, MixerStrip>>,
  asMixed: boolean,
  practised: Practised,
  parents?: StemParents,
): Record<string, Partial<MixerStrip>> {
  const mix: Record<string, Partial<MixerStrip>> = {};
  // What was taken away is in none of them.
  for (const [stem, { gainDb, pan, automation }] of Object.entries(strips)) {
    if (stem === removedStem) continue;
    mix[stem] = asMixed ? { mute: gainDb <= lowestDb, solo: false, gainDb, pan, automation } : {};
  }
  if (kind === 'practice') {
    const level = { mute: false, gainDb: -practised.dB };
    return { ...mix, [practised.stem]: { ...mix[practised.stem], ...level } };
  }
  for (const [stem, change] of Object.entries(forPieces(presetMixer(kind), Object.keys(mix), parents))) {
    // A fader that is all the way down, as a karaoke has it, must not make an a cappella of nothing.
    const audible = kind === 'acappella' && mix[stem]?.mute ? { mute: false, gainDb: 0 } : {};
    mix[stem] = { ...mix[stem], ...audible, ...change };
  }
  return mix;
}

/** What a stem has in a mix: its level in dB, −∞ where it is silent, and whether automation changes it. */
export interface MixLevel {
  readonly stem: string;
  readonly dB: number;
  readonly automated: boolean;
}

export function levelsOf(mix: Mixer): MixLevel[] {
  const anySolo = Object.values(mix).some(({ solo }) => solo);
  return Object.entries(mix).map(([stem, { mute, solo, gainDb = 0, automation = [] }]) => {
    const silent = mute || (anySolo && !solo);
    return {
      stem,
      dB: silent ? Number.NEGATIVE_INFINITY : gainDb,
      automated: !silent && automation.length > 0,
    };
  });
}

/** Formats a person chooses from, most used first, with the ending of their files. */
export const exportFormats = outputFormats.map((format) => ({
  format,
  label: factsOf(format).label,
  ext: endingOf(format),
}));

/** Sample formats that a format can hold; empty where it is lossy. */
export function depthsOf(format: ExportFormat): readonly ExportDepth[] {
  return factsOf(format).depths;
}

/** Bits a second that lossy formats are offered with; empty where the format is lossless. */
export function bitRatesOf(format: ExportFormat): readonly number[] {
  return factsOf(format).bitRates;
}

/** Loudness targets people deliver to, LUFS: broadcasting, music streaming, podcasts, loud music. */
export const loudnessTargets = [-23, -16, -14, -11] as const;

/** What the fields of the dialog say of samples, bit rate and loudness; empty or unfitting ones say nothing. */
export function exactSettings(
  format: ExportFormat,
  details: { readonly depth: string; readonly bitRate: string; readonly lufs: string },
): Pick<SeparationSettingsInput, 'depth' | 'bitRate' | 'loudness'> {
  const depth = depthsOf(format).find((bits) => bits === details.depth);
  const bitRate = bitRatesOf(format).find((rate) => String(rate) === details.bitRate);
  return {
    ...(depth && { depth }),
    ...(bitRate !== undefined && { bitRate }),
    ...(details.lufs !== '' && { loudness: { lufs: Number(details.lufs) } }),
  };
}

/** Why a template of names can not be used; null when it can. */
export function templateProblem(template: string): string | null {
  try {
    checkTemplate(template);
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** One line for each file the template makes, or the reason why it makes none. */
export function previewNames(
  template: string,
  info: Pick<SessionInfo, 'name' | 'tags' | 'separation'>,
  stems: readonly string[],
  format: ExportFormat,
): { readonly names: readonly string[]; readonly problem: string | null } {
  const problem = templateProblem(template);
  if (problem !== null) return { names: [], problem };
  const known = templateValues(info.tags, info.name, info.separation?.model, format);
  const names = stemTargets(template, known, stems, format).map((parts) => parts.join('/'));
  return { names, problem: null };
}
