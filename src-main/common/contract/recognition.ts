import { z } from 'zod';
import { path } from './path.js';

/** What a file does not say of itself, and a person is asked. */
export interface ModelQuestion {
  /** The name of the answer. */
  readonly key: string;
  /** Answers that fit the file; `text` takes others too. */
  readonly choices: readonly string[];
  readonly text: boolean;
  /** The most probable answer; null without one. */
  readonly suggestion: string | null;
}

/** What was recognised. */
export interface RecognisedModel {
  readonly id: string;
  readonly name: string;
  readonly preset: string;
  /** Whether the file itself is known, or only its form. */
  readonly by: 'hash' | 'form';
  readonly stems: readonly string[];
  /** The stem that is what the others leave. */
  readonly residual: string;
  readonly licence: string;
  readonly files: readonly string[];
}

export type Recognition =
  | { readonly state: 'ready'; readonly model: RecognisedModel }
  | {
      readonly state: 'questions';
      /** The family, where its form says it. */
      readonly preset: string | null;
      /** Inputs and outputs of the graph, as text. */
      readonly form: string;
      readonly questions: readonly ModelQuestion[];
    };

/** What became of adding a model: it is there, and was tried on ten seconds; or there are questions. */
export type AddedModel =
  | {
      readonly state: 'added';
      readonly model: RecognisedModel;
      /** Seconds of sound it was tried on, and the seconds it took. */
      readonly tried: { readonly seconds: number; readonly took: number };
      /** What the stems leave of the song, dB of it. */
      readonly restDb: number;
    }
  | Extract<Recognition, { state: 'questions' }>;

const job = z.string().min(1).max(100);
const handle = z.string().regex(/^[0-9a-f]{32}$/);
const answers = z.record(z.string().min(1).max(40), z.string().max(400)).default({});

/** Commands about model files of anybody: what they are, and taking them in. Uploads are kept until they are added. */
export const recognitionCommandSchemas = {
  recogniseModel: z.strictObject({ uploads: z.array(handle).min(1).max(64), answers }),
  addModel: z.strictObject({ job, uploads: z.array(handle).min(1).max(64), answers }),
  /** The form was closed: the uploads are deleted. */
  dropModelUploads: z.strictObject({ uploads: z.array(handle).max(64) }),
  addModelPaths: z.strictObject({ job, paths: z.array(path).min(1).max(64), answers }),
} as const;

export interface RecognitionCommandResults {
  recogniseModel: Recognition;
  addModel: AddedModel;
  dropModelUploads: null;
  addModelPaths: AddedModel;
}
