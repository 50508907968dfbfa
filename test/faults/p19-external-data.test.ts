import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { externalLocations } from '../../src-main/node/inference/external-data.js';

/** One field of a protocol buffer: a number and bytes with their length. */
function field(number: number, value: Uint8Array): Buffer {
  const varint = (n: number): number[] => (n < 128 ? [n] : [(n % 128) | 128, ...varint(Math.floor(n / 128))]);
  return Buffer.concat([Buffer.from([...varint(number * 8 + 2), ...varint(value.length)]), value]);
}
const text = (number: number, value: string): Buffer => field(number, Buffer.from(value));
const entry = (key: string, value: string): Buffer =>
  field(13, Buffer.concat([text(1, key), text(2, value)]));
const tensor = (location: string): Buffer =>
  Buffer.concat([text(8, 'w'), entry('offset', '0'), entry('location', location), Buffer.from([14 * 8, 1])]);

describe('P19 the files that a graph takes weights from', () => {
  it('are found wherever they are named: initialisers, constants, inner graphs, functions, sparse tensors', () => {
    const inner = field(5, tensor('inner.bin'));
    const node = field(
      5,
      Buffer.concat([text(1, 'value'), field(5, tensor('constant.bin')), field(6, inner)]),
    );
    const graph = Buffer.concat([
      field(1, node),
      field(5, tensor('../outside.bin')),
      field(15, field(1, tensor('sparse.bin'))),
    ]);
    const fn = field(7, field(5, field(10, tensor('function.bin'))));
    const model = Buffer.concat([Buffer.from([8, 9]), text(2, 'maker'), field(7, graph), field(25, fn)]);
    expect([...externalLocations(model)].sort()).toEqual([
      '../outside.bin',
      'constant.bin',
      'function.bin',
      'inner.bin',
      'sparse.bin',
    ]);
  });

  it('no shipped model has any', () => {
    const model = readFileSync(new URL('../../models/weights/unbraid-fast.onnx', import.meta.url));
    expect(externalLocations(model).size).toBe(0);
  });

  it.each([
    ['a cut file', field(7, Buffer.alloc(100)).subarray(0, 50)],
    ['a field that is longer than the file', Buffer.from([58, 255, 255, 255, 255, 15])],
    ['a number without an end', Buffer.alloc(20, 0xff)],
    ['something else', Buffer.from('<html>this is not a model</html>')],
  ])('%s is one typed error', (_, bytes) => {
    expect(() => externalLocations(bytes)).toThrow(expect.objectContaining({ code: 'model-file-invalid' }));
  });
});
