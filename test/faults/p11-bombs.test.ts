import { closeSync, existsSync, ftruncateSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { UnbraidError } from '../../src-main/common/base/errors.js';
import { CodecClient } from '../../src-main/node/audio/codec-client.js';
import { cacheOf, testFolder, testSignal } from '../fixtures/audio/caches.js';
import { encoded } from '../fixtures/audio/corpus/encoded.js';
import { onGrid, pcmFile } from '../fixtures/audio/corpus/pcm-files.js';

const dir = testFolder();
const codec = new CodecClient();
afterAll(() => codec.dispose());
let count = 0;

function put(bytes: Buffer, name = 'x.wav'): string {
  const path = join(dir, `${count++}-${name}`);
  writeFileSync(path, bytes);
  return path;
}

describe('P11 work is bounded by what the file can be', () => {
  it.each([1, 5, 999, 768_001, 2 ** 30])('a rate of %i Hz is refused', async (rate) => {
    const planes = onGrid(testSignal(1, 100), '16');
    for (const container of ['wav', 'aiff', 'caf', 'au'] as const)
      await expect(
        codec.decode({
          path: put(pcmFile({ container, depth: '16', rate, planes })),
          dir: join(dir, `out-${count++}`),
        }),
      ).rejects.toMatchObject({ code: 'unsupported-format' });
  });

  it.each([
    [
      'x.wav',
      pcmFile({ container: 'wav', depth: '16', rate: 44100, planes: onGrid(testSignal(2, 4411), '16') }),
      4411,
    ],
    ['x.mp3', encoded('mp3', 2, 20_000, 44100), 20_000],
    ['x.flac', encoded('flac16', 2, 20_000, 44100), 20_000],
  ])('%s with 4.3 GB of zeros behind it is not read through', async (name, bytes, frames) => {
    const path = put(bytes, name);
    const fd = openSync(path, 'r+');
    ftruncateSync(fd, bytes.length + 4_300_000_000);
    closeSync(fd);
    const { info, reading } = await codec.check(path);
    expect(reading).toMatchObject({ verdict: 'exact', decoded: { frames } });
    expect(info.frames).toBe(frames);
    expect(reading.after[0].what).toBe('zeros');
  });

  it('a FLAC bomb stops at maxBytes and leaves nothing', async () => {
    const silence = cacheOf(
      dir,
      Array.from({ length: 8 }, () => new Float32Array(2_000_000)),
      384000,
    );
    const path = join(dir, 'bomb.flac');
    await codec.encodeSet({
      outputs: [{ path, format: 'flac', sample: 's16', inputs: [{ ref: silence, gain: 1 }], tags: {} }],
      dither: 'none',
      seed: 1,
    });
    expect(readFileSync(path).length).toBeLessThan(100_000);
    const out = join(dir, 'bomb');
    const failure: unknown = await codec
      .decode({ path, dir: out, maxBytes: 8 * 2 ** 20 })
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'too-large', file: path });
    expect((failure as UnbraidError).message).toContain('8 MiB');
    expect(existsSync(out)).toBe(false);
  });
});
