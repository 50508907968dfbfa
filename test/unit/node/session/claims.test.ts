import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Claims } from '../../../../src-main/node/session/claims.js';

// The clock alone is made up: graces are minutes.
let left: string[] = [];
let claims: Claims;
beforeEach(() => {
  vi.useFakeTimers();
  left = [];
  claims = new Claims({
    now: () => performance.now(),
    graceMs: 60_000,
    onLeft: (session) => left.push(session),
  });
});
afterEach(() => {
  claims.dispose();
  vi.useRealTimers();
});

describe('claims', () => {
  it('S7 the first page writes, others may look; a program may always', () => {
    expect(claims.claim('song', 'a', false)).toBe(true);
    expect(claims.claim('song', 'b', false)).toBe(false);
    expect(claims.claim('song', 'a', false)).toBe(true);
    expect(() => claims.check('song', 'a')).not.toThrow();
    expect(() => claims.check('song', undefined)).not.toThrow();
    expect(() => claims.check('song', 'b')).toThrow(expect.objectContaining({ code: 'session-elsewhere' }));
    expect(() => claims.check('other', 'b')).not.toThrow();
    expect(claims.claim('song', 'b', true)).toBe(true);
    expect(() => claims.check('song', 'a')).toThrow(expect.objectContaining({ code: 'session-elsewhere' }));
  });

  it('S8 a page that goes gives its songs to the next one at once, and has them again when it comes back first', () => {
    claims.claim('song', 'a', false);
    claims.leave('a');
    expect(claims.writtenElsewhere('song', 'b')).toBe(false);
    claims.alive('a');
    expect(claims.writtenElsewhere('song', 'b')).toBe(true);
    claims.leave('a');
    expect(claims.claim('song', 'b', false)).toBe(true);
    claims.alive('a');
    expect(() => claims.check('song', 'a')).toThrow(expect.objectContaining({ code: 'session-elsewhere' }));
  });

  it('S9 songs of a page that is silent for the grace are closed; those of living pages and programs stay', () => {
    claims.claim('left', 'a', false);
    claims.claim('kept', 'b', false);
    for (let minute = 0; minute < 4; minute++) {
      vi.advanceTimersByTime(30_000);
      claims.alive('b');
    }
    expect(left).toEqual(['left']);
    expect(claims.claim('left', 'b', false)).toBe(true);
    claims.forget('kept');
    vi.advanceTimersByTime(200_000);
    expect(left).toEqual(['left', 'left']);
  });

  it('S9 a page that said goodbye keeps its songs for the grace too: it may only be loaded anew', () => {
    claims.claim('song', 'a', false);
    claims.leave('a');
    vi.advanceTimersByTime(50_000);
    expect(left).toEqual([]);
    vi.advanceTimersByTime(40_000);
    expect(left).toEqual(['song']);
  });
});
