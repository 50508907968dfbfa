import { InvalidArgumentError } from 'commander';
import { toUnbraidError } from '../../common/base/errors.js';
import type { MixerStrip } from '../../common/jobs/mixer.js';
import { mixPresets, presetMixer } from '../../common/jobs/presets.js';

export type MixerFlags = Record<string, Partial<MixerStrip>>;

function merge(mixer: MixerFlags, stem: string, change: Partial<MixerStrip>): MixerFlags {
  return { ...mixer, [stem]: { ...mixer[stem], ...change } };
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be like drums=-6dB.');
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** `vocals` or `vocals,bass`. */
export function mute(text: string, mixer: MixerFlags = {}): MixerFlags {
  return text.split(',').reduce((sum, stem) => merge(sum, stem.trim(), { mute: true }), mixer);
}

export function solo(text: string, mixer: MixerFlags = {}): MixerFlags {
  return text.split(',').reduce((sum, stem) => merge(sum, stem.trim(), { solo: true }), mixer);
}

/** `drums=-6dB` or `drums=-6`; `-inf` is silence. */
export function gain(text: string, mixer: MixerFlags = {}): MixerFlags {
  const [stem, value] = pair(text);
  const match = /^([+-]?\d+(?:\.\d+)?|-inf)\s*(db)?$/i.exec(value);
  if (!match) throw new InvalidArgumentError('The gain must be in dB, like drums=-6dB.');
  const silent = match[1].toLowerCase() === '-inf';
  return merge(mixer, stem, silent ? { mute: true } : { gainDb: Number(match[1]) });
}

/** `bass=0.2`: −1 left, 1 right. */
export function pan(text: string, mixer: MixerFlags = {}): MixerFlags {
  const [stem, value] = pair(text);
  const position = Number(value);
  if (value === '' || !(position >= -1 && position <= 1)) {
    throw new InvalidArgumentError('The pan must be from -1 (left) to 1 (right), like bass=0.2.');
  }
  return merge(mixer, stem, { pan: position });
}

/** `karaoke`, or `practice=bass`: the preset, and the stem it is told. */
export function preset(text: string): MixerFlags {
  const [name, stem] = text.split('=', 2).map((part) => part.trim());
  const known = mixPresets.find((entry) => entry === name);
  if (!known) throw new InvalidArgumentError(`The presets are ${mixPresets.join(', ')}.`);
  try {
    return presetMixer(known, stem);
  } catch (error) {
    const { message, hint } = toUnbraidError(error);
    throw new InvalidArgumentError(`${message}. ${hint ?? ''}`);
  }
}

/** One mixer from the separate flags. */
export function combineMixers(...mixers: readonly (MixerFlags | undefined)[]): MixerFlags {
  const result: MixerFlags = {};
  for (const mixer of mixers) {
    for (const [stem, strip] of Object.entries(mixer ?? {})) result[stem] = { ...result[stem], ...strip };
  }
  return result;
}
