import { mkdirSync, statSync } from 'node:fs';
import { expect, it } from 'vitest';
import { toUnbraidError } from '../../../../src-main/common/base/errors.js';

function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('Nothing was thrown');
}

it('a NUL character in a path is the caller’s mistake, not ours', () => {
  for (const work of [() => statSync('a\0b'), () => mkdirSync('a\0b')]) {
    const error = toUnbraidError(thrownBy(work), 'a\0b');
    expect(error).toMatchObject({ code: 'invalid-argument', file: 'a\0b' });
  }
  // Other arguments that Node refuses are our mistake.
  expect(toUnbraidError(thrownBy(() => statSync(5 as never))).code).toBe('internal');
});

it('a network folder that is away is said to be that', () => {
  for (const code of ['ESTALE', 'ENOTCONN', 'EHOSTDOWN']) {
    const error = toUnbraidError(Object.assign(new Error(code), { code, path: '/songs' }));
    expect(error).toMatchObject({ code: 'io-error', file: '/songs' });
    expect(error.hint).toMatch(/network|Mount/);
  }
});
