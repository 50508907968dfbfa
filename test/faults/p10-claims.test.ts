import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { UnbraidError } from '../../src-main/common/base/errors.js';
import { CodecClient } from '../../src-main/node/audio/codec-client.js';
import { testFolder, testSignal } from '../fixtures/audio/caches.js';
import { encoded } from '../fixtures/audio/corpus/encoded.js';
import { onGrid, pcmFile } from '../fixtures/audio/corpus/pcm-files.js';

const dir = testFolder();
const codec = new CodecClient();
afterAll(() => codec.dispose());

/** The most memory that the codec process has used so far, bytes. */
function peakMemory(): number {
  const status = readFileSync(`/proc/${codec.pid!}/status`, 'utf8');
  return 1024 * Number(/VmHWM:\s*(\d+)/.exec(status)![1]);
}

const planes = onGrid(testSignal(2, 4000), '16');

/** Good files, and where in them their lengths stand (offset, bytes, big-endian). */
const files: readonly (readonly [string, Buffer, readonly (readonly [number, number, boolean])[]])[] = [
  [
    'wav',
    pcmFile({ container: 'wav', depth: '16', rate: 44_100, planes }),
    [
      [4, 4, false],
      [40, 4, false],
    ],
  ],
  [
    'aiff',
    pcmFile({ container: 'aiff', depth: '16', rate: 44_100, planes }),
    [
      [4, 4, true],
      [22, 4, true],
      [42, 4, true],
    ],
  ],
  ['caf', pcmFile({ container: 'caf', depth: '16', rate: 44_100, planes }), [[56, 8, true]]],
  ['au', pcmFile({ container: 'au', depth: '16', rate: 44_100, planes }), [[8, 4, true]]],
  ['flac', encoded('flac16', 2, 4000, 44_100), [[21, 5, true]]],
];

describe.runIf(process.platform === 'linux')('P10 a length that a header claims', () => {
  it.each(files)('in %s drives no allocation, whatever it says', async (name, good, places) => {
    await codec.decode({ path: put(name, good), dir: join(dir, `${name}-good`) });
    const before = peakMemory();
    let count = 0;
    for (const [at, width, big] of places) {
      for (const value of [0, 1, 2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1, 2 ** 40 - 1]) {
        const bytes = Buffer.from(good);
        const size = Math.min(width, 6);
        const clipped = Math.min(value, 2 ** (8 * size) - 1);
        if (width === 8) bytes.fill(0, at, at + 2);
        if (big) bytes.writeUIntBE(clipped, at + width - size, size);
        else bytes.writeUIntLE(clipped, at, size);
        try {
          const { ref } = await codec.decode({
            path: put(name, bytes),
            dir: join(dir, `${name}-${count++}`),
          });
          // The file has 4000 frames, and no header makes more of them.
          expect(ref.frames).toBeLessThanOrEqual(good.length);
        } catch (error) {
          expect(error).toBeInstanceOf(UnbraidError);
          expect(['internal', 'process-died', 'out-of-memory']).not.toContain((error as UnbraidError).code);
        }
      }
    }
    expect(peakMemory() - before).toBeLessThan(64 * 2 ** 20);
  });

  it('in Matroska, as a number of any width, drives no allocation either', async () => {
    const good = encoded('mka16', 2, 4000, 44_100);
    await codec.decode({ path: put('mka', good), dir: join(dir, 'mka-good') });
    const before = peakMemory();
    // Segment, Info, Tracks, Cluster, and the first block; RFC 8794 has the sizes, RFC 9559 the ids.
    const ids = ['18538067', '1549a966', '1654ae6b', '1f43b675', 'a3'];
    const places: number[] = [];
    for (const id of ids)
      places.push(good.indexOf(Buffer.from(id, 'hex'), places.at(-1) ?? 4) + id.length / 2);
    expect(places).toEqual(places.toSorted((a, b) => a - b));
    let count = 0;
    for (const at of places) {
      const width = Math.clz32(good[at]) - 23;
      for (const value of [0n, 1n, 2n ** BigInt(7 * width) - 2n, 2n ** BigInt(7 * width) - 1n]) {
        const bytes = Buffer.from(good);
        const size = Buffer.alloc(8);
        size.writeBigUInt64BE(value | (1n << BigInt(7 * width)));
        size.copy(bytes, at, 8 - width);
        expect(bytes.length).toBe(good.length);
        try {
          const { ref } = await codec.decode({ path: put('mka', bytes), dir: join(dir, `mka-${count++}`) });
          expect(ref.frames).toBeLessThanOrEqual(good.length);
        } catch (error) {
          expect(error).toBeInstanceOf(UnbraidError);
          expect(['internal', 'process-died', 'out-of-memory']).not.toContain((error as UnbraidError).code);
        }
      }
    }
    expect(count).toBeGreaterThan(0);
    expect(peakMemory() - before).toBeLessThan(64 * 2 ** 20);
  });

  let number = 0;
  function put(ending: string, bytes: Buffer): string {
    const path = join(dir, `${number++}.${ending}`);
    writeFileSync(path, bytes);
    return path;
  }
});
