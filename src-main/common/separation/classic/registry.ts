import { UnbraidError } from '../../base/errors.js';
import type { Separator } from '../separator.js';
import { centre } from './centre.js';
import { componentSeparation } from './components.js';
import { fourStem } from './four-stem.js';
import { ft2d } from './ft2d.js';
import { hpss } from './hpss.js';
import { MaskSeparator, type MaskMethod } from './masking.js';
import { repet } from './repet.js';
import { repetSim } from './repet-sim.js';

export interface ClassicMethod {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly stems: readonly string[];
}

interface Entry {
  readonly name: string;
  readonly description: string;
  readonly make: () => MaskMethod;
}

const entries: Readonly<Record<string, Entry>> = {
  'classic-4': {
    name: 'Classic four stems',
    description: 'Vocals, drums, bass and other from HPSS, REPET-SIM and stereo position; needs no weights',
    make: () => fourStem(),
  },
  hpss: {
    name: 'HPSS',
    description: 'Harmonic and percussive parts by median filtering (Fitzgerald 2010)',
    make: () => hpss(),
  },
  'repet-sim': {
    name: 'REPET-SIM',
    description: 'Vocals over a repeating accompaniment by self-similarity (Rafii & Pardo 2012)',
    make: () => repetSim(),
  },
  repet: {
    name: 'REPET',
    description: 'Vocals over an accompaniment that repeats with one period (Rafii & Pardo 2013)',
    make: () => repet(),
  },
  ft2d: {
    name: '2DFT',
    description:
      'Vocals over a repeating accompaniment by the two-dimensional Fourier transform (Seetharaman 2017)',
    make: () => ft2d(),
  },
  nmf: {
    name: 'NMF',
    description:
      'Drums, bass and other from components of a non-negative matrix factorization (Lee & Seung 2000)',
    make: () => componentSeparation(),
  },
  centre: {
    name: 'Centre',
    description: 'What stands in the middle of the stereo image, and the sides (Avendano & Jot 2002)',
    make: () => centre(),
  },
};

/** The separators that need no weights. */
export const classicMethods: readonly ClassicMethod[] = Object.entries(entries).map(([id, entry]) => {
  const { name, description } = entry;
  return { id, name, description, stems: entry.make().stems };
});

/** Makes a classic separator; overlap replaces the method's own. Throws `model-not-found`. */
export function createClassic(id: string, quality: { readonly overlap?: number } = {}): Separator {
  const entry = entries[id];
  if (!entry) throw new UnbraidError('model-not-found', `There is no method "${id}"`);
  const method = entry.make();
  const overlap = quality.overlap ?? method.segment.overlap;
  return new MaskSeparator({ ...method, segment: { ...method.segment, overlap } });
}
