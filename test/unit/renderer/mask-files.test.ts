import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { UnansweredError } from '../../../src-renderer/api/transport.js';
import { MaskFiles } from '../../../src-renderer/state/mask-files.js';
import { maskGrid, TileMask } from '../../../src-main/common/separation/edits/tile-mask.js';

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

function maskAt(frame: number): TileMask {
  const mask = new TileMask(maskGrid);
  mask.set(frame, 7, 1);
  return mask;
}

describe('drawn masks that are files', () => {
  it('are sent once to each session, and named by what the host calls them', async () => {
    const came: [string, string][] = [];
    let failure: Error | null = null;
    const files = new MaskFiles((session, bytes) => {
      if (failure) return Promise.reject(failure);
      came.push([session, hashOf(bytes)]);
      return Promise.resolve(hashOf(bytes));
    });
    const [one, two] = [maskAt(1), maskAt(2)];
    const [first, second] = [one, two].map((mask) => hashOf(mask.encode()));
    const drawn = { masks: ['text', one, two], now: 5 };
    expect(files.named(drawn)).toBeNull();
    failure = new UnansweredError(new TypeError('no network'));
    await expect(files.send('first', drawn)).rejects.toBe(failure);
    failure = null;
    const named = { masks: ['text', { blob: first }, { blob: second }], now: 5 };
    expect(await files.send('first', drawn)).toEqual(named);
    expect(await files.send('first', { masks: [two], now: 6 })).toEqual({
      masks: [{ blob: second }],
      now: 6,
    });
    expect(files.named(drawn)).toEqual(named);
    await files.send('second', drawn);
    expect(came).toEqual([
      ['first', first],
      ['first', second],
      ['second', first],
      ['second', second],
    ]);
  });

  it('that came from a session are not sent there again', async () => {
    const mask = maskAt(3);
    const blob = hashOf(mask.encode());
    let sent = 0;
    const files = new MaskFiles(
      () => Promise.resolve(`${++sent}`),
      (session, hash) =>
        Promise.resolve(new Uint8Array(session === 'one' && hash === blob ? mask.encode() : [])),
    );
    const kept = { revision: 1, masks: [{ blob }], states: [], now: 0, done: [], undone: [] };
    const masks = await files.fetch('one', kept);
    expect(masks.get(blob)!.encode()).toEqual(mask.encode());
    expect(await files.send('one', { masks: [masks.get(blob)!] })).toEqual({ masks: [{ blob }] });
    expect(sent).toBe(0);
    await expect(files.fetch('two', kept)).rejects.toMatchObject({ code: 'invalid-argument' });
  });
});
