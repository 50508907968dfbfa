import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { UnbraidError } from '../../../src-main/common/base/errors.js';
import { UnansweredError } from '../../../src-renderer/api/transport.js';
import { SentMasks } from '../../../src-renderer/state/sent-masks.js';

const mask = Uint8Array.of(1, 2, 3);
const hash = createHash('sha256').update(mask).digest('hex');

describe('the masks of a page', () => {
  it('waits with those that no host answers for, under the hash that the host will give them', async () => {
    let failure: Error | null = new UnansweredError(new TypeError('no network'));
    const came: [string, number[]][] = [];
    const masks = new SentMasks((session, bytes) => {
      if (failure) return Promise.reject(failure);
      came.push([session, [...bytes]]);
      return Promise.resolve(hash);
    });
    await expect(masks.send('one', mask)).rejects.toBe(failure);
    expect(await masks.sendOrHold('one', mask)).toBe(hash);
    await expect(masks.sendWaiting('one')).rejects.toBe(failure);
    failure = null;
    await masks.sendWaiting('one');
    await masks.sendWaiting('one');
    expect(came).toEqual([['one', [1, 2, 3]]]);
    await masks.sendAll('two');
    expect(came[1]).toEqual(['two', [1, 2, 3]]);
  });

  it('passes on what the host refuses', async () => {
    const refusal = new UnbraidError('invalid-argument', 'This is not a mask');
    const masks = new SentMasks(() => Promise.reject(refusal));
    await expect(masks.sendOrHold('one', mask)).rejects.toBe(refusal);
  });
});
