import { endingOf, factsOf, outputFormats } from '../../../src-main/common/jobs/formats.js';
import { applyTemplate, checkTemplate } from '../../../src-main/common/jobs/naming.js';
import { templateValues } from '../../../src-main/common/jobs/template-values.js';
import type { SessionInfo } from '../../../src-main/common/contract/session.js';
import type { SeparationSettings, SeparationSettingsInput } from '../../../src-main/common/jobs/settings.js';

export type ExportFormat = SeparationSettings['format'];
export type ExportDepth = NonNullable<SeparationSettings['depth']>;

/** What can be exported: audio files, a project of another program, or this one's whole project. */
export const exportKinds = [
  { kind: 'stems', needsStems: true },
  { kind: 'mix', needsStems: false },
  { kind: 'selection', needsStems: false },
  { kind: 'dawproject', needsStems: true },
  { kind: 'reaper', needsStems: true },
  { kind: 'project', needsStems: false },
] as const;
export type ExportKind = (typeof exportKinds)[number]['kind'];

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
  const names = stems.map((stem) => applyTemplate(template, { ...known, stem }).join('/'));
  return { names, problem: null };
}
