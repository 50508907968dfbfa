import type { z } from 'zod';
import { UnbraidError } from '../../base/errors.js';
import { firstFault } from '../../base/validation.js';
import type { Separator } from '../separator.js';
import { bench, benchOptions } from './bench.js';
import { centre } from './centre.js';
import { componentOptions, laneOptions } from './component-options.js';
import { componentLanes, componentSeparation } from './components.js';
import { denoise } from './denoise.js';
import { duet } from './duet.js';
import { fourStem } from './four-stem.js';
import { ft2d } from './ft2d.js';
import { hpss } from './hpss.js';
import { IcaSeparator } from './ica.js';
import { MaskSeparator, type MaskMethod } from './masking.js';
import { melody } from './melody.js';
import { ProjetSeparator } from './projet.js';
import { repet } from './repet.js';
import { repetSim } from './repet-sim.js';
import { rpca } from './rpca.js';

export interface ClassicMethod {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly stems: readonly string[];
}

interface Entry {
  readonly name: string;
  readonly description: string;
  readonly make: () => MaskMethod | ((overlap: number | undefined) => Separator);
}

/** One that takes options. */
interface Adjustable extends Omit<Entry, 'make'> {
  readonly options: z.ZodObject;
  readonly make: (options: never) => MaskMethod;
}

/** An entry of options that its schema knows. */
function adjustable<S extends z.ZodObject>(
  entry: Omit<Entry, 'make'>,
  options: S,
  make: (options: z.output<S>) => MaskMethod,
): Adjustable {
  return { ...entry, options, make };
}

const entries: Readonly<Record<string, Entry | Adjustable>> = {
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
  melody: {
    name: 'Melody mask',
    description:
      'Vocals as the partials of the most salient melody, over everything else (Salamon & Gómez 2012)',
    make: () => melody(),
  },
  rpca: {
    name: 'RPCA',
    description:
      'Vocals over a low-rank accompaniment by robust principal component analysis (Huang 2012); slow',
    make: () => rpca(),
  },
  nmf: adjustable(
    {
      name: 'NMF',
      description:
        'Drums, bass and other from components of a non-negative matrix factorization (Lee & Seung 2000)',
    },
    componentOptions,
    componentSeparation,
  ),
  'nmf-components': adjustable(
    {
      name: 'NMF components',
      description:
        'Each component of a factorization as a stem, from low to high, to be heard and put together by hand; for up to a minute',
    },
    laneOptions,
    componentLanes,
  ),
  bench: adjustable(
    {
      name: 'Bench of the Lab',
      description:
        'Two stems by the method, window and mask that were set on the bench of the Lab: for study',
    },
    benchOptions,
    bench,
  ),
  duet: {
    name: 'DUET',
    description: 'Left, middle and right by differences of level and time (Yilmaz & Rickard 2004)',
    make: () => duet(),
  },
  projet: {
    name: 'PROJET',
    description:
      'Left, middle and right by projections of both channels (Fitzgerald, Liutkus & Badeau 2016); slow',
    make: () => (overlap?: number) => new ProjetSeparator(overlap),
  },
  ica: {
    name: 'ICA',
    description: 'Two independent sources that two channels mix by level alone (FastICA, Hyvärinen 1999)',
    make: () => (overlap?: number) => new IcaSeparator(overlap),
  },
  centre: {
    name: 'Centre',
    description: 'What stands in the middle of the stereo image, and the sides (Avendano & Jot 2002)',
    make: () => centre(),
  },
  denoise: {
    name: 'De-noise',
    description: 'Steady hiss and surface noise apart from the sound (Ephraim & Malah 1985)',
    make: () => denoise(),
  },
};

/** The separators that need no weights. */
export const classicMethods: readonly ClassicMethod[] = Object.keys(entries).map((id) => described(id));

function described(id: string): ClassicMethod {
  const { name, description } = entryOf(id);
  return { id, name, description, stems: createClassic(id).info.stems };
}

/** A classic method, also with options behind its name (`nmf:components=40:divergence=is`); undefined for others. */
export function findClassic(id: string): ClassicMethod | undefined {
  return Object.hasOwn(entries, id.split(':')[0]) ? described(id) : undefined;
}

function entryOf(id: string): Entry | Adjustable {
  const name = id.split(':')[0];
  if (!Object.hasOwn(entries, name))
    throw new UnbraidError('model-not-found', `There is no method "${name}"`);
  return entries[name];
}

/** `components=40:divergence=is` as its method's options. Throws `invalid-argument` that lists them. */
function optionsOf(id: string, schema: z.ZodObject | undefined): unknown {
  const [name, ...parts] = id.split(':');
  if (!schema && parts.length > 0) {
    throw new UnbraidError('invalid-argument', `The method "${name}" has no options`, {
      hint: `Use -m ${name}.`,
    });
  }
  // An empty value is not a number: `seed=` must not be 0.
  const given = parts.map((part) => part.split('=', 2)).map(([key, value]) => [key, value || 'nothing']);
  const parsed = schema?.safeParse(Object.fromEntries(given));
  if (!parsed?.error) return parsed?.data;
  const { where, says } = firstFault(parsed.error);
  throw new UnbraidError('invalid-argument', `The option "${where}" of "${name}" is not valid: ${says}`, {
    hint: `They are ${Object.keys(schema?.shape ?? {}).join(', ')}, as in -m ${name}:components=40:divergence=is.`,
  });
}

/** Makes a classic separator; overlap replaces the method's own. Throws `model-not-found`, `invalid-argument`. */
export function createClassic(id: string, quality: { readonly overlap?: number } = {}): Separator {
  const entry = entryOf(id);
  const options = optionsOf(id, 'options' in entry ? entry.options : undefined);
  const method = entry.make(options as never);
  if (typeof method === 'function') return method(quality.overlap);
  const overlap = quality.overlap ?? method.segment.overlap;
  return new MaskSeparator({ ...method, segment: { ...method.segment, overlap } });
}
