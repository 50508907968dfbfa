import { UnbraidError } from '../base/errors.js';
import { dbToGain } from '../base/units.js';
import type { Envelope } from './automation.js';
import { forPieces, type StemParents } from './stem-pieces.js';

/** The levels that commands take, dB; silence is a mute. */
export const levelLimit = 60;

/** What a mixer strip does to its stem. */
export interface MixerStrip {
  readonly mute: boolean;
  readonly solo: boolean;
  /** Not silenced by the solo of others. */
  readonly soloSafe: boolean;
  readonly gainDb: number;
  /** −1 left … 0 centre … 1 right. */
  readonly pan: number;
  /** What happens to the level in time; `mixGains` leaves it to `fillGains`. */
  readonly automation: Envelope;
}

export const neutralStrip: MixerStrip = {
  mute: false,
  solo: false,
  soloSafe: false,
  gainDb: 0,
  pan: 0,
  automation: [],
};

/** Mixer settings by stem name; stems that are not named are neutral. */
export type Mixer = Readonly<Record<string, Partial<MixerStrip>>>;

/** A mix to be made of a song, and what it is called in names and titles: `karaoke`. */
export interface NamedMix {
  readonly label: string;
  readonly mixer: Mixer;
}

/** Amplitude factors for each channel of one stem. */
export type ChannelGains = readonly number[];

/**
 * Balance, the law of hi-fi amplifiers: unity in the centre, one side fades as the other stays, so an untouched
 * mix is the source to the last bit.
 */
function balance(pan: number, channel: number, channels: number): number {
  if (channels !== 2 || pan === 0) return 1;
  return channel === 0 ? Math.min(1, 1 - pan) : Math.min(1, 1 + pan);
}

/**
 * The factors of each stem and channel; any solo silences the stems that are neither soloed nor solo-safe,
 * and mute wins over both. What is said of a stem goes for all its pieces, where these are the stems; `parents` says
 * which they are. Throws `invalid-argument` for a stem that does not exist or values out of range.
 */
export function mixGains(
  wanted: Mixer,
  stems: readonly string[],
  channels: number,
  parents?: StemParents,
): ChannelGains[] {
  const mixer = forPieces(wanted, stems, parents);
  const known = stems.join(', ');
  for (const [name, strip] of Object.entries(mixer)) {
    if (!stems.includes(name)) {
      throw new UnbraidError('invalid-argument', `There is no stem "${name}"`, {
        hint: `The stems are ${known}.`,
      });
    }
    const { pan = 0, gainDb = 0 } = strip;
    if (!(pan >= -1 && pan <= 1)) {
      throw new UnbraidError('invalid-argument', `The pan of "${name}" is ${pan}`, {
        hint: 'Use −1 (left) to 1 (right).',
      });
    }
    if (Number.isNaN(gainDb) || gainDb > levelLimit) {
      throw new UnbraidError('invalid-argument', `The gain of "${name}" is ${gainDb} dB`, {
        hint: `Use at most ${levelLimit} dB.`,
      });
    }
  }
  const anySolo = Object.values(mixer).some((strip) => strip.solo);
  return stems.map((name) => {
    const strip = { ...neutralStrip, ...mixer[name] };
    const heard = !strip.mute && (!anySolo || strip.solo || strip.soloSafe);
    const gain = heard ? dbToGain(strip.gainDb) : 0;
    return Array.from({ length: channels }, (_, ch) => gain * balance(strip.pan, ch, channels));
  });
}
