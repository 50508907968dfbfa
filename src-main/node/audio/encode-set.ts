import { existsSync, rmSync } from 'node:fs';
import { UnbraidError, check, toUnbraidError } from '../../common/base/errors.js';
import type { Frames } from '../../common/base/units.js';
import type { CallContext } from '../process/rpc.js';
import type { CodecApi } from './codec-api.js';
import { JointQuantiser } from './joint-quantiser.js';
import { OutputWriter } from './output-writer.js';
import type { EncodeSetRequest, EncodeSetResult, FrameRange } from './types.js';

const blockFrames = 65536;

type EncodeContext = CallContext<CodecApi['encodeSet']['event']>;

/**
 * Writes several files of one set side by side, reading every cache once. On any failure none of them stays.
 *
 * @throws unsupported-format, output-exists, disk-full, permission-denied, encode-failed, cancelled
 */
export async function encodeSet(request: EncodeSetRequest, context: EncodeContext): Promise<EncodeSetResult> {
  const range = rangeOf(request);
  for (const { path } of request.outputs) {
    if (existsSync(path))
      throw new UnbraidError('output-exists', 'The output exists already', { file: path });
  }
  const writers: OutputWriter[] = [];
  try {
    request.outputs.forEach((output, index) => {
      const options = { dither: request.dither, seed: request.seed, index, blockFrames };
      writers.push(new OutputWriter(output, range, options));
    });
    await writeBlocks(request, range, writers, context);
    return { outputs: writers.map((writer) => writer.finish()) };
  } catch (error) {
    for (const writer of writers.splice(0)) writer.dispose();
    for (const { path } of request.outputs) rmSync(path, { force: true });
    throw toUnbraidError(error);
  } finally {
    for (const writer of writers) writer.dispose();
  }
}

async function writeBlocks(
  request: EncodeSetRequest,
  range: FrameRange,
  writers: readonly OutputWriter[],
  context: EncodeContext,
): Promise<void> {
  const joint = request.conserve ? JointQuantiser.for(request.conserve, writers, blockFrames) : null;
  try {
    for (let done = 0; done < range.count;) {
      const count = Math.min(blockFrames, range.count - done);
      for (const writer of writers) {
        writer.read(range.start + done, count);
        if (!joint) {
          writer.quantise(count);
          writer.encode(count);
          await context.breathe();
        }
      }
      if (joint) {
        joint.run(range.start + done, count);
        for (const writer of writers) {
          writer.encode(count);
          await context.breathe();
        }
      }
      done += count;
      context.emit({ frames: done });
    }
  } finally {
    joint?.dispose();
  }
}

/** The frames to write: the range, or all of the first input; every input must be alike. */
function rangeOf(request: EncodeSetRequest): FrameRange {
  const refs = request.outputs.flatMap((output) => output.inputs.map((input) => input.ref));
  check(
    refs.length > 0 && request.outputs.every((output) => output.inputs.length > 0),
    'There is nothing to encode',
  );
  for (const ref of refs)
    check(ref.sampleRate === refs[0].sampleRate, 'The inputs have different sample rates');
  const whole: Frames = Math.max(...refs.map((ref) => ref.frames));
  return request.range ?? { start: 0, count: whole };
}
