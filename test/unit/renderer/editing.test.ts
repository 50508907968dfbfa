import { describe, expect, it } from 'vitest';
import {
  envelopePath,
  levelAtFrame,
  levelPlace,
  placeLevel,
} from '../../../src-renderer/mixer/automation-picture.js';
import { dropPlace } from '../../../src-renderer/tracks/drop-place.js';
import { edgeSpeed } from '../../../src-renderer/tracks/edge-scroll.js';
import { trackTitle } from '../../../src-renderer/shared/title.js';

describe('the line of automation on a lane', () => {
  it('has the highest level at the top and silence at the bottom', () => {
    expect([12, -24, -60, -90, 20].map(levelPlace)).toEqual([0, 0.5, 1, 1, 0]);
    expect([0, 0.5, 1, 2, -1].map(placeLevel)).toEqual([12, -24, -60, -60, 12]);
    expect(placeLevel(levelPlace(-3.1))).toBe(-3.1);
  });

  it('reads levels between points, and outside of them', () => {
    const points = [
      { frame: 10, db: -10 },
      { frame: 20, db: 0 },
    ];
    expect([5, 10, 15, 20, 99].map((frame) => levelAtFrame(points, frame))).toEqual([-10, -10, -5, 0, 0]);
  });

  it('is a path over the whole width', () => {
    const scale = { start: 0, framesPerPixel: 10, width: 8, height: 72 };
    const mute = { kind: 'mute', start: 30, end: 55, points: [] } as const;
    expect(envelopePath([mute], 4, scale)).toBe('M0 12.0L2 12.0L4 71.0L6 12.0L8 12.0');
  });
});

describe('tracks', () => {
  it('a dragged lane goes below those whose middle it has passed', () => {
    expect([5, 10, 11, 35, 99].map((y) => dropPlace([10, 30, 50], y))).toEqual([0, 0, 1, 2, 3]);
  });

  it('go by the given name, the stem’s, or the word for the source', () => {
    const t = (key: string): string => `<${key}>`;
    const source = { id: 'source', name: 'source', kind: 'source' } as const;
    const stem = { id: 'bass', name: 'bass', kind: 'stem' } as const;
    expect(trackTitle({ givenName: () => 'Mine' }, stem, t)).toBe('Mine');
    expect(trackTitle({ givenName: () => null }, stem, t)).toBe('<stem.bass>');
    expect(trackTitle({ givenName: () => null }, { ...stem, name: 'kazoo' }, t)).toBe('kazoo');
    expect(trackTitle({ givenName: () => null }, source, t)).toBe('<tracks.source>');
  });
});

describe('a drag at the edge', () => {
  it('scrolls up and down, the faster the nearer, and not in the middle', () => {
    expect([150, 100, 200].map((y) => edgeSpeed(y, 0, 300))).toEqual([0, 0, 0]);
    expect([0, -50, 300, 400].map((y) => edgeSpeed(y, 0, 300))).toEqual([-700, -700, 700, 700]);
    expect([16, 284].map((y) => edgeSpeed(y, 0, 300))).toEqual([-350, 350]);
    // A low box has a middle, too.
    expect(edgeSpeed(115, 100, 130)).toBe(0);
  });
});
