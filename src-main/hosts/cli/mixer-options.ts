import { InvalidArgumentError, type Command } from 'commander';
import { toUnbraidError } from '../../common/base/errors.js';
import { levelLimit, type MixerStrip, type NamedMix } from '../../common/jobs/mixer.js';
import { mixPresets, presetMixer } from '../../common/jobs/presets.js';

type MixerFlags = Record<string, Partial<MixerStrip>>;

export interface MixFlags {
  readonly preset?: NamedMix;
  readonly mute?: MixerFlags;
  readonly solo?: MixerFlags;
  readonly gain?: MixerFlags;
  readonly pan?: MixerFlags;
}

function merge(mixer: MixerFlags, stem: string, change: Partial<MixerStrip>): MixerFlags {
  return { ...mixer, [stem]: { ...mixer[stem], ...change } };
}

function pair(text: string): [string, string] {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be like drums=-6dB.');
  return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
}

/** `vocals` or `vocals,bass`. */
function mute(text: string, mixer: MixerFlags = {}): MixerFlags {
  return text.split(',').reduce((sum, stem) => merge(sum, stem.trim(), { mute: true }), mixer);
}

function solo(text: string, mixer: MixerFlags = {}): MixerFlags {
  return text.split(',').reduce((sum, stem) => merge(sum, stem.trim(), { solo: true }), mixer);
}

/** `drums=-6dB` or `drums=-6`; `-inf` is silence. */
function gain(text: string, mixer: MixerFlags = {}): MixerFlags {
  const [stem, value] = pair(text);
  const match = /^([+-]?\d+(?:\.\d+)?|-inf)\s*(db)?$/i.exec(value);
  if (!match) throw new InvalidArgumentError('The gain must be in dB, like drums=-6dB.');
  const silent = match[1].toLowerCase() === '-inf';
  if (!silent && Math.abs(Number(match[1])) > levelLimit)
    throw new InvalidArgumentError(`The gain must be from -${levelLimit} to ${levelLimit} dB, or -inf.`);
  return merge(mixer, stem, silent ? { mute: true } : { gainDb: Number(match[1]) });
}

/** `bass=0.2`: −1 left, 1 right. */
function pan(text: string, mixer: MixerFlags = {}): MixerFlags {
  const [stem, value] = pair(text);
  const position = Number(value);
  if (value === '' || !(position >= -1 && position <= 1)) {
    throw new InvalidArgumentError('The pan must be from -1 (left) to 1 (right), like bass=0.2.');
  }
  return merge(mixer, stem, { pan: position });
}

/** `karaoke`, or `practice=bass`: the preset, and its stem. */
function preset(text: string, before?: NamedMix): NamedMix {
  if (before)
    throw new InvalidArgumentError('There is one preset at a time: run the command once for each of them.');
  const [name, stem] = text.split('=', 2).map((part) => part.trim());
  const known = mixPresets.find((entry) => entry === name);
  if (!known) throw new InvalidArgumentError(`The presets are ${mixPresets.join(', ')}.`);
  try {
    return { label: stem === undefined ? known : `${known} ${stem}`, mixer: presetMixer(known, stem) };
  } catch (error) {
    const { message, hint } = toUnbraidError(error);
    throw new InvalidArgumentError(`${message}. ${hint ?? ''}`);
  }
}

/** Adds the options that say what a mix is made of. */
export function addMixOptions(command: Command): Command {
  return command
    .option(
      '--preset <name>',
      'karaoke (no vocals), acappella (only vocals), drumless (no drums) or practice=STEM (that stem at -6 dB); ' +
        'the options below add to it',
      preset,
    )
    .option('--mute <stems>', 'leave these stems out (may be repeated)', mute)
    .option('--solo <stems>', 'keep only these stems (may be repeated)', solo)
    .option('--gain <stem=dB>', 'level of a stem, like drums=-6dB (may be repeated)', gain)
    .option('--pan <stem=position>', 'balance of a stem, -1 left to 1 right (may be repeated)', pan);
}

/** One mix from the separate flags, called by its preset's name when it is that and nothing more; null without any. */
export function mixFrom({ preset, mute, solo, gain, pan }: MixFlags): NamedMix | null {
  const own = [mute, solo, gain, pan].filter((flags) => flags !== undefined);
  if (!preset && own.length === 0) return null;
  const mixer: MixerFlags = {};
  for (const flags of [preset?.mixer, ...own]) {
    for (const [stem, strip] of Object.entries(flags ?? {})) mixer[stem] = { ...mixer[stem], ...strip };
  }
  return { label: preset && own.length === 0 ? preset.label : 'remix', mixer };
}
