import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { UnbraidError } from '../../src-main/common/base/errors.js';
import { loadVerified } from '../../src-main/node/inference/model-files.js';
import { manifest } from '../fixtures/manifests.js';
import { gainGraph, onnxModel, scaleGraph, sha256, writeOnnx, type Graph } from '../fixtures/onnx.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-models-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function graphFor(file: string, bytes: Uint8Array | undefined, hash: string) {
  if (bytes) writeFileSync(join(folder, file), bytes);
  return { ...manifest().graphs[0], file, sha256: hash, ...(bytes && { bytes: undefined }) };
}

function refusal(work: () => unknown): UnbraidError {
  try {
    work();
  } catch (error) {
    return error as UnbraidError;
  }
  throw new Error('nothing was refused');
}

/** y = x · w with w in a separate file. */
function externalGraph(location: string): Graph {
  return {
    ...scaleGraph([1, 2, 2048], 1),
    constants: [{ name: 'gain', dims: [1], floats: [0.5], external: location }],
  };
}

describe('P19 the files of a model', () => {
  it.each([
    [
      'a Git LFS pointer',
      Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:00\n'),
      /LFS pointer/,
    ],
    ['a web page', Buffer.from('<!DOCTYPE html><title>404</title>'), /web page/],
    ['an empty file', Buffer.alloc(0), /empty/],
    ['other bytes', Buffer.from([8, 8, 18, 4]), /not what the manifest describes/],
  ])('%s is refused, and the error says what it is', (_, bytes, pattern) => {
    const error = refusal(() => loadVerified(folder, graphFor('wrong.onnx', bytes, 'a'.repeat(64))));
    expect(error.code).toBe('model-hash-mismatch');
    expect(error.message).toMatch(pattern);
    expect(error.file).toBe(join(folder, 'wrong.onnx'));
  });

  it('a cut file is recognised by its size', () => {
    const whole = Buffer.alloc(100, 1);
    const entry = { ...graphFor('cut.onnx', whole.subarray(0, 60), sha256(whole)), bytes: 100 };
    expect(refusal(() => loadVerified(folder, entry))).toMatchObject({ code: 'model-file-invalid' });
    expect(refusal(() => loadVerified(folder, entry)).message).toContain('60 bytes instead of 100');
  });

  it('a missing file is named', () => {
    const error = refusal(() => loadVerified(folder, graphFor('missing.onnx', undefined, 'a'.repeat(64))));
    expect(error).toMatchObject({ code: 'file-not-found', file: join(folder, 'missing.onnx') });
  });

  it('right bytes come back as they are', () => {
    const bytes = Buffer.from(onnxModel(gainGraph([1, 2, 2048], [0.5])));
    expect(loadVerified(folder, graphFor('right.onnx', bytes, sha256(bytes))).bytes).toEqual(bytes);
  });

  it('weights from a file that the manifest does not name are refused, wherever that file lies', () => {
    const written = writeOnnx(folder, 'undeclared.onnx', externalGraph('undeclared.bin'));
    const entry = graphFor('undeclared.onnx', undefined, written.sha256);
    expect(refusal(() => loadVerified(folder, entry))).toMatchObject({
      code: 'model-file-invalid',
      file: join(folder, 'undeclared.onnx'),
    });
  });
});
