import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { keptDrawnSchema, type KeptDrawn } from '../../../src-main/common/contract/drawn.js';
import { fillRectangle } from '../../../src-main/common/separation/edits/shapes.js';
import { TileMask } from '../../../src-main/common/separation/edits/tile-mask.js';
import type { Drawn } from '../../../src-renderer/state/drawn-state.js';
import { maskGrid } from '../../../src-renderer/state/edit-area.js';
import { MaskFiles } from '../../../src-renderer/state/mask-files.js';
import { MaskForms, type MaskForm } from '../../../src-renderer/state/mask-forms.js';
import { packSteps, unpackSteps, type DrawnHistory } from '../../../src-renderer/state/kept-drawing.js';
import { packRuns, unpackRuns } from '../../../src-main/common/separation/edits/mask-runs.js';

const hashOf = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const band = { low: 100, high: 2000 };
const none: Drawn = { selection: null, band: null, mask: new TileMask(maskGrid), content: 0 };
const selected: Drawn = { ...none, selection: { start: 10, end: 500 }, band };

function painted(content: number, ...areas: readonly [start: number, low: number][]): Drawn {
  const mask = new TileMask(maskGrid);
  for (const [start, low] of areas)
    fillRectangle(mask, { start, end: start + 40, low, high: low + 20 }, { frames: 3, bins: 3 });
  return { ...selected, mask, content };
}

/** Masks as their bytes, and equal contents as equal: what a history says. */
const said = ({ now, done, undone }: DrawnHistory): unknown => {
  const state = ({ selection, band, mask, content }: Drawn): unknown => [
    selection,
    band,
    hashOf(mask.encode()),
    content !== 0,
  ];
  return [now, done, undone].map((part) =>
    part instanceof Array
      ? part.map((entry) => (entry === 'document' ? entry : [entry.text, state(entry.from), state(entry.to)]))
      : state(part),
  );
};

describe('steps that were drawn, as they are kept', () => {
  const one = painted(1, [5, 100]);
  const two = painted(2, [5, 100], [300, 600]);
  const history: DrawnHistory = {
    now: one,
    done: [
      { text: 'step.select', from: none, to: selected },
      'document',
      { text: 'step.paint', from: selected, to: one },
    ],
    undone: ['document', { text: 'step.paint', from: one, to: two }],
  };

  it('are the same again, masks byte by byte, each mask once', () => {
    const kept = keptDrawnSchema.parse(JSON.parse(JSON.stringify({ revision: 1, ...packSteps(history) })));
    const again = unpackSteps(kept, new Map())!;
    expect(said(again)).toEqual(said(history));
    expect([kept.masks.length, kept.states.length]).toEqual([2, 4]);
    // Numbers below those of masks to come.
    expect([again.now.content, again.done.length]).toEqual([-1, 3]);
  });

  // Noise does not pack.
  let seed = 1;
  const noise = (content: number, end: number): Drawn => {
    const mask = new TileMask(maskGrid);
    const draw = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
    mask.update({ start: 0, end, low: 0, high: 512 }, draw);
    return { ...none, mask, content };
  };

  it('keep masks that are long as text as files, however many, and the text of the others', () => {
    const states = Array.from({ length: 5 }, (_, i) => noise(i + 1, 64));
    const small = painted(9, [5, 100]);
    const done = [...states.slice(1), small].map((to, i) => ({ text: 'step.paint', from: states[i], to }));
    const long: DrawnHistory = { now: small, done: [done[0], 'document', ...done.slice(1)], undone: [] };
    const { masks, ...others } = packSteps(long);
    const numberOf = (form: MaskForm): string => `${states.findIndex((state) => state.mask === form)}`;
    const named = masks.map((form) => (typeof form === 'string' ? form : { blob: numberOf(form) }));
    expect(named.slice(1)).toEqual(['4', '3', '2', '1', '0'].map((blob) => ({ blob })));
    const files = new Map(states.map(({ mask }, i) => [`${i}`, mask]));
    expect(said(unpackSteps({ revision: 1, ...others, masks: named }, files)!)).toEqual(said(long));
  });

  it('cost what a stroke changes in a large mask, and are the same again, also when more is drawn after a reload', async () => {
    // Noise over a minute: a file of 5 MB.
    const states = [noise(1, 2560)];
    const stroke = (size: number): void => {
      const { mask, content } = states.at(-1)!;
      const next = mask.clone();
      const start = 60 * states.length;
      fillRectangle(next, { start, end: start + size, low: 10, high: 10 + 2 * size });
      states.push({ ...none, mask: next, content: content + 1 });
    };
    const historyOf = (all: readonly Drawn[]): DrawnHistory => ({
      now: all.at(-1)!,
      done: all.slice(1).map((to, i) => ({ text: 'step.paint', from: all[i], to })),
      undone: [],
    });
    const blobs = new Map<string, TileMask>();
    const keep = (all: readonly Drawn[], forms: MaskForms): Promise<KeptDrawn> => {
      const files = new MaskFiles((_, bytes) => {
        const name = hashOf(bytes);
        blobs.set(name, TileMask.decode(bytes));
        return Promise.resolve(name);
      });
      return files.send('s', { revision: 1, ...packSteps(historyOf(all), forms) });
    };
    const forms = new MaskForms();
    // Each is packed when it is drawn; long strokes and short ones.
    for (let i = 0; i < 20; i++) {
      packSteps(historyOf(states), forms);
      stroke(i % 2 === 0 ? 20 : 120);
    }
    const kept = keptDrawnSchema.parse(JSON.parse(JSON.stringify(await keep(states, forms))));
    const bytes = (): number => [...blobs.values()].reduce((sum, { size }) => sum + size, 0);
    expect(states[0].mask.size).toBeGreaterThan(1_300_000);
    expect(bytes()).toBeLessThan(4 * states[0].mask.size);
    const after = new MaskForms();
    const again = unpackSteps(kept, blobs, after)!;
    expect(said(again)).toEqual(said(historyOf(states)));

    const before = bytes();
    states.splice(
      0,
      states.length,
      again.done.flatMap((entry) => (entry === 'document' ? [] : [entry.from]))[0],
    );
    states.push(again.now);
    stroke(20);
    await keep(states, after);
    expect(bytes() - before).toBeLessThan(states[0].mask.size / 4);
  });

  it('lose the oldest when there is no room for the files, and keep what is shown and the order of the others', () => {
    // As an hour of soft masks has it: the size is all that is asked for here.
    const heavy = (content: number, size = 2 ** 28): Drawn => {
      const { mask } = noise(content, 64);
      const differs = (other: TileMask): TileMask =>
        Object.defineProperty(TileMask.prototype.xor.call(mask, other), 'size', { value: size });
      Object.defineProperties(mask, { size: { value: size }, xor: { value: differs } });
      return { ...none, mask, content };
    };
    const states = [1, 2, 3, 4].map((content) => heavy(content));
    const done = states.slice(1).map((to, i) => ({ text: 'step.paint', from: states[i], to }));
    const kept = packSteps({ now: states[3], done: [done[0], 'document', ...done.slice(1)], undone: [] });
    expect(kept.done).toEqual(['document', { text: 'step.paint', from: 1, to: 0 }]);
    expect(kept.masks.map((mask) => states.findIndex((state) => state.mask === mask))).toEqual([3, 2]);
    const alone = heavy(5, 2 ** 31);
    const only = packSteps({ now: alone, done: [{ text: 'step.paint', from: none, to: alone }], undone: [] });
    expect([only.now, only.done, only.masks.length, only.masks[0] === alone.mask]).toEqual([0, [], 1, true]);
  });

  it('are nothing where they cannot be read', () => {
    expect(
      unpackSteps({ revision: 1, ...packSteps(history), masks: ['AQID', 'AQID'] }, new Map()),
    ).toBeNull();
  });
});

describe('runs', () => {
  it('give every byte back, over runs of any length', () => {
    for (const length of [0, 1, 2, 254, 255, 256, 511, 3000]) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i % 700 < 600 ? 255 : i % 256));
      expect(unpackRuns(packRuns(bytes))).toEqual(bytes);
    }
    expect(packRuns(new Uint8Array(4096)).length).toBe(34);
  });
});
