import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { extraProviders } from '../../../../src-main/node/inference/provider-files.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-providers-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('providers that are installed beside ONNX Runtime', () => {
  it('are found by their libraries', () => {
    for (const name of [
      'libonnxruntime.so.1',
      'onnxruntime_binding.node',
      'libonnxruntime_providers_shared.so',
    ])
      writeFileSync(join(folder, name), '');
    expect(extraProviders(folder)).toEqual([]);
    for (const name of ['libonnxruntime_providers_tensorrt.so', 'onnxruntime_providers_cuda.dll'])
      writeFileSync(join(folder, name), '');
    expect(extraProviders(folder)).toEqual(['cuda', 'tensorrt']);
  });

  it('are looked for where ONNX Runtime is', () => {
    expect(extraProviders()).not.toBeNull();
  });
});
