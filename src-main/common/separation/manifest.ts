import { z } from 'zod';
import { UnbraidError } from '../base/errors.js';
import { firstFault } from '../base/validation.js';
import { parseLayout } from './layout.js';
import { presetNames, withPreset } from './presets.js';
import { planKinds } from './separator.js';
import { stemName } from './stem-name.js';

/**
 * The declarative description of one model. A pure pipeline runs any manifest; nothing about a model is
 * coded elsewhere. Sizes are samples at the model's rate unless the unit says otherwise.
 */
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex');
const plainFile = z.string().regex(/^[^/\\\0]+$/, 'a file name without folders');
const positive = z.number().int().positive();

const windowName = z.enum([
  'hann',
  'sqrt-hann',
  'hamming',
  'blackman',
  'blackman-harris',
  'sine',
  'rectangular',
  'triangular',
]);

/** Far beyond any real model, and small enough that a wrong number ends in an error instead of using up the memory. */
const mostSamples = 2 ** 24;
const mostBins = 2 ** 17;

const stftSchema = z.strictObject({
  nFft: positive.max(mostBins),
  hop: positive.max(mostBins),
  winLength: positive.max(mostBins).optional(),
  window: windowName.default('hann'),
  symmetry: z.enum(['periodic', 'symmetric']).default('periodic'),
  centre: z.boolean().default(true),
  pad: z.enum(['reflect', 'zero']).default('reflect'),
  normalised: z.enum(['none', 'sqrt-n']).default('none'),
  /** Bins handed to the graph: `[first, end)`; bins above come back as zeros and end in the residual. */
  bins: z.tuple([z.number().int().min(0), positive]).optional(),
  /** Bins set to zero before the graph sees them (MDX-Net: 0, 1, 2). */
  zeroBins: z.array(z.number().int().min(0)).default([]),
  /** Bins of the estimates set to zero before the inverse (RoFormer: 0). */
  outZeroBins: z.array(z.number().int().min(0)).default([]),
  /** Padding around the segment before the STFT (HTDemucs: 1536 and 1620), samples. */
  outerPad: z
    .tuple([z.number().int().min(0).max(mostSamples), z.number().int().min(0).max(mostSamples)])
    .default([0, 0]),
  /** What the outer padding is; SCNet's is zeros. */
  outerPadMode: z.enum(['reflect', 'zero']).default('reflect'),
  /** Frames cut from both ends after the outer padding (HTDemucs: 2 and 2). */
  frameCrop: z.tuple([z.number().int().min(0), z.number().int().min(0)]).default([0, 0]),
});

const segmentSchema = z.strictObject({
  /** How windows are placed, weighed and filled at the song's ends: see `planKinds` in separator.ts. */
  plan: z.enum(planKinds).default('cover'),
  /** Samples of one segment, as the graph wants it. */
  length: positive.max(mostSamples),
  /** A fixed graph takes exactly `length`; otherwise short songs use shorter segments. */
  fixed: z.boolean().default(true),
  /** Shorter segments are multiples of this (the hop, or the network's stride). */
  align: positive.max(mostSamples).default(1),
  overlap: z.number().min(0).max(0.95).default(0.25),
  window: z.enum(['rectangular', 'hann', 'hamming', 'triangle', 'linear-fade']).default('hann'),
  windowPower: z.number().positive().default(1),
  /** Samples of the linear fades of `bordered` windows; a tenth of the window when left out. */
  fade: positive.max(mostSamples).optional(),
  /** Whether silent windows are silence, or what the graph makes of them, as in most hosts. */
  silence: z.enum(['zero', 'run']).default('zero'),
  /** What zeros outside the song are: 0, or the song's mean, so that they are 0 after the normalisation. */
  outside: z.enum(['zero', 'mean']).default('zero'),
  /** Samples of padding before the first sample and after the last (MDX-Net: nFft / 2). */
  edge: z.number().int().min(0).max(mostSamples).default(0),
  /** What stands outside the song; `context` moves the last short segment over real audio (HTDemucs). */
  pad: z.enum(['zero', 'reflect', 'context']).default('zero'),
  /** Extra passes at random offsets, averaged (Demucs: shifts), and the largest offset. */
  shifts: z.number().int().min(0).max(20).default(0),
  shiftMaxSeconds: z.number().positive().max(10).default(0.5),
  /**
   * How many of these windows are separated together where a song is long enough: what they have in common is
   * transformed once, with a mean of their masks. For light nets, beside which transforms count, and that mask and do
   * nothing else.
   */
  chain: positive.max(16).default(1),
});

/** `params` are constants for the graph; the rest is audio in one of the field's forms. */
export const tensorRoles = ['wave', 'spec', 'mag', 'mask-mag', 'mask-complex'] as const;
export type TensorRole = (typeof tensorRoles)[number];

const tensorSchema = z.strictObject({
  name: z.string().min(1),
  role: z.enum(tensorRoles),
  /** Axes in order, grouped axes in brackets: b, s (stem), ch, ri (re, im), f, t, n (sample), split. */
  layout: z.string().refine((text) => parseLayout(text) !== null, 'an axis layout such as "b (ch ri) f t"'),
  /** For layouts with a `split` axis: frames of one split. */
  splitFrames: positive.optional(),
  /** For complex tensors without an `ri` axis: which part this one is. Two tensors make one spectrum. */
  part: z.enum(['re', 'im']).optional(),
});

const graphSchema = z.strictObject({
  file: plainFile,
  bytes: positive.optional(),
  sha256,
  externalData: z.array(z.strictObject({ name: plainFile, bytes: positive.optional(), sha256 })).default([]),
  /** The stems this graph estimates, in the order of its stem axis. */
  stems: z.array(z.string().min(1)).min(1),
  /** The only stems that are taken from it, for sets of graphs that estimate everything (htdemucs_ft); all if left out. */
  use: z.array(z.string().min(1)).min(1).optional(),
  inputs: z.array(tensorSchema).min(1),
  outputs: z.array(tensorSchema).min(1),
});

const postSchema = z.strictObject({
  /** MDX-Net's denoise: ½·f(x) − ½·f(−x). */
  denoiseFlip: z.boolean().default(false),
  /** Estimates become masks: (|e|^p + ε/N) / (Σ|e|^p + ε), applied to the mixture. */
  ratioMask: z
    .strictObject({
      power: z.number().positive(),
      eps: z.number().min(0).default(1e-10),
      /** The mask above the bins that the graph sees: none, or the mean of the bins below (Spleeter). */
      above: z.enum(['zero', 'mean']).default('zero'),
    })
    .optional(),
  /** Expectation-maximisation Wiener filter over the estimates (Open-Unmix). */
  wiener: z
    .strictObject({
      iterations: z.number().int().min(0).max(10),
      softmask: z.boolean().default(false),
      residual: z.boolean().default(false),
      windowFrames: positive.max(100_000).default(300),
      eps: z.number().positive().default(1e-10),
      scaleFactor: z.number().positive().default(10),
    })
    .optional(),
});

export const manifestSchema = z
  .strictObject({
    /** Version 1 has no presets. */
    schema: z.enum(['unbraid-model/1', 'unbraid-model/2']),
    /** The family whose defaults it builds on. */
    preset: z.enum(presetNames).optional(),
    id: z.string().regex(/^[a-z0-9][a-z0-9._-]*$/, 'lower-case letters, digits, dots and dashes'),
    name: z.string().min(1),
    description: z.string().default(''),
    /** Made to show an idea, not to be the best: lists keep it apart. */
    study: z.boolean().default(false),
    kind: z.enum(['mask-magnitude', 'complex-spectrogram', 'waveform', 'hybrid']),
    source: z.strictObject({ urls: z.array(z.url()), revision: z.string().optional() }).optional(),
    license: z.strictObject({
      weights: z.string().min(1),
      code: z.string().optional(),
      redistributable: z.boolean(),
      attribution: z.string().default(''),
      note: z.string().optional(),
    }),
    runtime: z
      .strictObject({
        denyProviders: z.array(z.string()).default([]),
        optLevel: z.enum(['disabled', 'basic', 'extended', 'all']).default('all'),
        memPattern: z.boolean().default(false),
        cpuMemArena: z.boolean().default(true),
        approxRssMB: z.number().positive().optional(),
      })
      .prefault({}),
    audio: z.strictObject({
      sampleRate: positive.min(4000).max(768_000),
      channels: z.union([z.literal(1), z.literal(2)]),
      /** Normalisation of the whole song before the graph, undone after it (HTDemucs). */
      globalNorm: z.enum(['none', 'mono-mean-std']).default('none'),
      /** Normalisation of each tensor of a segment, undone on outputs of the same role (OpenVINO's HTDemucs). */
      segmentNorm: z.enum(['none', 'mean-std']).default('none'),
    }),
    stft: stftSchema.optional(),
    segment: segmentSchema,
    graphs: z.array(graphSchema).min(1),
    /** How several graphs make one result: each gives its stems, or all give all stems and are averaged. */
    combine: z.enum(['union', 'mean']).default('union'),
    stems: z.strictObject({
      order: z.array(stemName).min(1),
      /** The stem that takes what is left of the mixture; it may be one of `order` or one more. */
      residual: stemName,
      /** Gain on the estimates (MDX-Net's "compensate"). */
      compensate: z.number().min(1e-3).max(1e3).default(1),
    }),
    post: postSchema.prefault({}),
    /** Stored input and output of one segment, float32 files beside the manifest's graph. */
    golden: z
      .array(z.strictObject({ input: plainFile, output: plainFile, maxAbs: z.number().positive() }))
      .default([]),
  })
  .superRefine(checkConsistency);

export type ModelManifest = z.output<typeof manifestSchema>;
export type GraphManifest = ModelManifest['graphs'][number];
export type TensorManifest = GraphManifest['inputs'][number];

function checkConsistency(manifest: z.output<typeof manifestSchema>, context: z.RefinementCtx): void {
  const fail = (path: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [path], message });
  const tensors = manifest.graphs.flatMap((graph) => [...graph.inputs, ...graph.outputs]);
  if (!manifest.stft && tensors.some((tensor) => tensor.role !== 'wave')) {
    fail('stft', 'a graph with spectrogram tensors needs the STFT parameters');
  }
  for (const graph of manifest.graphs) checkParts(graph, fail);
  checkPlan(manifest, fail);
  if (manifest.preset !== undefined && manifest.schema === 'unbraid-model/1')
    fail('preset', 'presets belong to "unbraid-model/2"');
  const estimated = new Set(manifest.graphs.flatMap((graph) => graph.use ?? graph.stems));
  for (const stem of manifest.stems.order) {
    if (!estimated.has(stem)) fail('stems', `no graph estimates the stem "${stem}"`);
  }
  const bins = manifest.stft?.bins;
  if (manifest.stft && bins && (bins[0] >= bins[1] || bins[1] > manifest.stft.nFft / 2 + 1)) {
    fail('stft', 'bins must be a range within 0 … nFft/2 + 1');
  }
  if (manifest.combine === 'mean' && manifest.graphs.some((g) => g.stems.length !== estimated.size)) {
    fail('combine', 'averaging needs every graph to estimate every stem');
  }
}

type Fail = (path: string, message: string) => void;

/** A spectrum with one part only would run, and give nonsense. */
function checkParts(graph: z.output<typeof graphSchema>, fail: Fail): void {
  for (const tensors of [graph.inputs, graph.outputs]) {
    const complex = tensors.filter(({ role }) => role === 'spec' || role === 'mask-complex');
    for (const { name, role, layout, part } of complex) {
      const axis = parseLayout(layout)!.flat().includes('ri');
      if (axis === (part !== undefined)) {
        fail(
          'graphs',
          `the tensor "${name}" needs either an axis "ri" in its layout or "part": "re" or "im"`,
        );
      }
      const other = complex.some((one) => one.role === role && one.part && one.part !== part);
      if (part && !other)
        fail('graphs', `the tensor "${name}" is one part of a spectrum; the other is missing`);
    }
  }
  const unknown = graph.use?.find((stem) => !graph.stems.includes(stem));
  if (unknown !== undefined) fail('graphs', `"use" names "${unknown}", which is not among the graph's stems`);
}

function checkPlan(
  { segment, stft, graphs, post, audio }: z.output<typeof manifestSchema>,
  fail: Fail,
): void {
  if (segment.plan !== 'frames') return;
  if (!stft) return fail('stft', 'a plan of frames needs the STFT parameters');
  if (stft.frameCrop.concat(stft.outerPad).some((n) => n > 0) || stft.zeroBins.length > 0)
    fail('stft', 'a plan of frames has no outer padding, cropped frames or zero bins');
  if ((segment.length - stft.nFft) % stft.hop !== 0 || segment.length < stft.nFft)
    fail('segment', 'the length for a plan of frames is (frames − 1) · hop + nFft');
  if (graphs.some((graph) => [...graph.inputs, ...graph.outputs].some(({ role }) => role === 'wave')))
    fail('graphs', 'a plan of frames takes no waves');
  if (post.denoiseFlip || audio.globalNorm !== 'none' || audio.segmentNorm !== 'none')
    fail('post', 'a plan of frames has neither denoiseFlip nor normalisation');
}

/** Validates a manifest. Throws `model-manifest-invalid` that names the field and the file. */
export function parseManifest(json: unknown, file?: string): ModelManifest {
  const result = manifestSchema.safeParse(withPreset(json));
  if (result.success) return result.data;
  const { where, says } = firstFault(result.error);
  throw new UnbraidError(
    'model-manifest-invalid',
    `The model manifest is not valid at ${where || 'its start'}: ${says}`,
    {
      file,
      hint: 'Correct the manifest; `unbraid models schema` prints the JSON schema it must follow.',
    },
  );
}

/** What a preset gives where the manifest does not. */
const fromPreset: ReadonlySet<string> = new Set([
  'kind',
  'audio',
  'segment',
  'stems',
  'inputs',
  'outputs',
  'length',
]);

/** The manifest's JSON Schema (draft 2020-12), for editors and other tools. */
export function manifestJsonSchema(): unknown {
  return z.toJSONSchema(manifestSchema, {
    io: 'input',
    override: ({ jsonSchema }) => {
      jsonSchema.required = jsonSchema.required?.filter((field) => !fromPreset.has(field));
    },
  });
}
