import './no-telemetry.js';
import * as ort from 'onnxruntime-node';
import { UnbraidError } from '../../common/base/errors.js';
import { fromHalf, toHalf } from '../../common/dsp/half.js';
import type { GraphManifest, ModelManifest } from '../../common/separation/manifest.js';
import type { Session, Tensor } from '../../common/separation/separator.js';
import { loadVerified } from './model-files.js';

export interface SessionSettings {
  readonly provider: string;
  readonly threads: number;
  readonly runtime: ModelManifest['runtime'];
}

function sessionOptions(settings: SessionSettings): ort.InferenceSession.SessionOptions {
  const { provider, runtime, threads } = settings;
  return {
    executionProviders: provider === 'cpu' ? ['cpu'] : [provider, 'cpu'],
    graphOptimizationLevel: runtime.optLevel,
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    enableMemPattern: runtime.memPattern,
    enableCpuMemArena: runtime.cpuMemArena,
    logSeverityLevel: 3,
    // Spinning threads double the time of recurrent nets when another process is busy.
    extra: { session: { intra_op: { allow_spinning: '0' }, inter_op: { allow_spinning: '0' } } },
  };
}

/** What ONNX Runtime says, by a pattern of it, in words for people; `$1` is what the pattern caught. */
const inPlainWords: readonly (readonly [RegExp, string])[] = [
  [
    /No Op registered for (\w+)|(\w+)\(-?\d+\) is not a registered function/i,
    'it uses the operator "$1", which ONNX Runtime does not have here',
  ],
  [
    /opset \d+ is under development|Unsupported model IR version|only \*guarantees\* support/i,
    'it was made for a newer ONNX Runtime',
  ],
  [
    /Got invalid dimensions|Invalid rank|Unexpected input data type|Missing Input/i,
    'it wants other input than its manifest says',
  ],
  [/External data|external_data|outside (?:the )?model directory/i, 'its external weights cannot be used'],
  [
    /shape inference|ShapeInferenceError|TypeInferenceError|Type Error|Graph output.*does not exist|not output of any previous nodes|Duplicate definition|is not a graph input|not in range \[min|Unrecognized attribute/i,
    'its graph contradicts itself',
  ],
  [
    /Non-zero status code|Exception during|broadcast|mismatch|cannot be reshaped/i,
    'the parts of its graph do not fit together',
  ],
  // Last: what is wrong inside of a file is often said behind "Load model … failed".
  [/protobuf|INVALID_PROTOBUF|Load model .*failed|invalid model/i, 'it is damaged, or no ONNX model'],
];

/** What ONNX Runtime says itself, short enough for a message, and without the places in its own sources. */
function inItsWords(text: string): string | null {
  const plain = text.replace(/^.*?\.(?:cc|h):\d+\s+/s, '').replace(/\s+/g, ' ');
  const short = plain.trim().slice(0, 160).replace(/\.$/, '');
  return short === '' ? null : `ONNX Runtime says "${short}"`;
}

/**
 * Turns what ONNX Runtime throws into a typed error. Its own text is for programmers: it goes to the log, by stderr.
 */
export function inferenceError(thrown: unknown, file: string, doing: 'load' | 'run'): UnbraidError {
  if (thrown instanceof UnbraidError) return thrown;
  const text = thrown instanceof Error ? thrown.message : String(thrown);
  console.error(`${file}: ${text.slice(0, 2000)}`);
  const memory = /bad_alloc|out of memory|Failed to allocate|OOM|Array buffer allocation|array length/i.test(
    text,
  );
  const known = inPlainWords.find(([pattern]) => pattern.test(text));
  const caught = known?.[0].exec(text)?.slice(1).find(Boolean) ?? '?';
  const why = memory
    ? 'it wants more memory than there is'
    : (known?.[1].replace('$1', caught) ?? inItsWords(text));
  const what = doing === 'load' ? 'The model could not be loaded' : 'The model failed';
  return new UnbraidError(
    memory ? 'out-of-memory' : doing === 'load' ? 'model-file-invalid' : 'inference-failed',
    why === null ? what : `${what}: ${why}`,
    {
      file,
      hint: memory
        ? 'Close other programs, use fewer workers (--workers 1), or a smaller model.'
        : doing === 'load'
          ? 'Get its file again, or export it anew; or choose another model.'
          : 'Check the model with `unbraid models check`, or choose another one.',
      cause: thrown,
    },
  );
}

const floats: ReadonlySet<string> = new Set(['float32', 'float16']);

/** One loaded graph behind the session port. */
export class OnnxSession implements Session {
  private constructor(
    private readonly session: ort.InferenceSession,
    private readonly file: string,
  ) {}

  get inputNames(): readonly string[] {
    return this.session.inputNames;
  }

  get outputNames(): readonly string[] {
    return this.session.outputNames;
  }

  get inputShapes(): Readonly<Record<string, readonly (number | string)[]>> {
    const tensors = this.session.inputMetadata.filter((input) => input.isTensor);
    return Object.fromEntries(tensors.map((input) => [input.name, input.shape]));
  }

  /** Whether the tensors of this side are all float32, and can be handed over as they are. */
  private plain(side: readonly ort.InferenceSession.ValueMetadata[]): boolean {
    return side.every((value) => value.isTensor && value.type === 'float32');
  }

  /**
   * Loads a graph after checking the hash of the very bytes that are loaded.
   * Throws `model-file-invalid`, `model-hash-mismatch`, `device-unavailable`, `model-incompatible`.
   */
  static async load(folder: string, graph: GraphManifest, settings: SessionSettings): Promise<OnnxSession> {
    const model = loadVerified(folder, graph);
    try {
      const options = sessionOptions(settings);
      const session =
        model.bytes !== undefined
          ? await ort.InferenceSession.create(model.bytes, options)
          : await ort.InferenceSession.create(model.path, options);
      for (const input of session.inputMetadata) {
        if (input.isTensor && !floats.has(input.type)) {
          throw new UnbraidError(
            'model-incompatible',
            `The input "${input.name}" wants ${input.type}, not float32 or float16`,
            {
              file: graph.file,
              hint: 'Export the model with float32 inputs.',
            },
          );
        }
      }
      return new OnnxSession(session, graph.file);
    } catch (error) {
      throw inferenceError(error, graph.file, 'load');
    } finally {
      model.release();
    }
  }

  /** Frees the graph's memory, on the device too. */
  release(): Promise<void> {
    return this.session.release();
  }

  async run(
    inputs: Readonly<Record<string, Tensor>>,
    into?: Readonly<Record<string, Tensor>>,
  ): Promise<Readonly<Record<string, Tensor>>> {
    try {
      const { inputMetadata, outputMetadata } = this.session;
      const half = this.plain(inputMetadata)
        ? undefined
        : new Set(inputMetadata.flatMap((one) => (one.isTensor && one.type === 'float16' ? [one.name] : [])));
      const feeds = tensors(inputs, half);
      if (into && this.plain(outputMetadata)) {
        // What it returns are copies of the tensors it wrote to.
        await this.session.run(feeds, tensors(into));
        return into;
      }
      const outputs = await this.session.run(feeds);
      return Object.fromEntries(
        Object.entries(outputs).map(([name, tensor]) => [name, asFloat32(name, tensor)]),
      );
    } catch (error) {
      throw inferenceError(error, this.file, 'run');
    }
  }
}

/** Tensors named in `half` are float16. */
function tensors(
  of: Readonly<Record<string, Tensor>>,
  half?: ReadonlySet<string>,
): Record<string, ort.Tensor> {
  return Object.fromEntries(
    Object.entries(of).map(([name, { data, dims }]) => [
      name,
      half?.has(name)
        ? new ort.Tensor('float16', toHalf(data), [...dims])
        : new ort.Tensor('float32', data, [...dims]),
    ]),
  );
}

/** The bits of halves, whichever array this version of Node has for them. */
function halvesOf(data: ort.Tensor['data']): Uint16Array {
  const { buffer, byteOffset, length } = data as Uint16Array;
  return new Uint16Array(buffer, byteOffset, length);
}

function asFloat32(name: string, tensor: ort.Tensor): Tensor {
  if (tensor.type === 'float16') {
    return { data: fromHalf(halvesOf(tensor.data)), dims: tensor.dims };
  }
  if (tensor.type !== 'float32') {
    throw new UnbraidError(
      'model-incompatible',
      `The model's output "${name}" is ${tensor.type}, not float32 or float16`,
      {
        hint: 'Export the model with float32 outputs.',
      },
    );
  }
  return { data: tensor.data as Float32Array, dims: tensor.dims };
}

/** The execution providers of this build. */
export function supportedProviders(): readonly { name: string; bundled: boolean }[] {
  return ort.listSupportedBackends();
}
