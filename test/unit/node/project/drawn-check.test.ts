import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { KeptDrawn } from '../../../../src-main/common/contract/drawn.js';
import { packRuns, unpackRuns } from '../../../../src-main/common/separation/edits/mask-runs.js';
import { fillRectangle } from '../../../../src-main/common/separation/edits/shapes.js';
import { TileMask, maskGrid, type MaskGrid } from '../../../../src-main/common/separation/edits/tile-mask.js';
import { SessionEdits } from '../../../../src-main/node/edits/session-edits.js';
import { checkDrawn } from '../../../../src-main/node/project/drawn-check.js';
import { drawnIn, keepDrawn } from '../../../../src-main/node/project/drawn-file.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-drawn-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const song = { frames: 100_000, sampleRate: 44_100 };
const none = (): boolean => false;
const edits = new SessionEdits(join(folder, 'session'), () => undefined);

function packed(end: number, grid: MaskGrid = maskGrid): string {
  const mask = new TileMask(grid);
  fillRectangle(mask, { start: end - 10, end, low: 5, high: 50 });
  return Buffer.from(packRuns(mask.encode())).toString('base64');
}

const bytesOf = (text: string): Uint8Array => unpackRuns(Buffer.from(text, 'base64'));
const select = { selection: { start: 10, end: 5000 }, band: { low: 100, high: 2000 }, mask: null };
const whole: KeptDrawn = {
  revision: 7,
  masks: [packed(20), packed(90)],
  states: [
    { selection: null, band: null, mask: null },
    select,
    { ...select, mask: 0 },
    { ...select, mask: 1 },
  ],
  now: 2,
  done: [{ text: 'step.select', from: 0, to: 1 }, 'document', { text: 'step.paint', from: 1, to: 2 }],
  undone: ['document', { text: 'step.paint', from: 2, to: 3 }],
};
/** The same with other states in some places. */
const withState = (place: number, change: object): unknown => ({
  ...whole,
  states: whole.states.map((state, i) => (i === place ? { ...state, ...change } : state)),
});
const steps = (raw: unknown): unknown => {
  const { drawn, whole: all } = checkDrawn(raw, song, none);
  return drawn && [all, drawn.now, drawn.done, drawn.undone];
};

describe('what was drawn, out of a file', () => {
  it('D26: is taken as it is when all of it fits the song', () => {
    expect(checkDrawn(JSON.parse(JSON.stringify(whole)), song, none)).toEqual({ drawn: whole, whole: true });
  });

  it.each([
    [{ selection: { start: 0, end: 1e12 } }],
    [{ selection: { start: 600, end: 500 } }],
    [{ selection: { start: -1, end: 500 } }],
    [{ selection: { start: null, end: 500 } }],
    [{ selection: { start: '0', end: 500 } }],
    [{ band: { low: 300, high: 200 } }],
    [{ band: { low: 0, high: 1e9 } }],
    [{ mask: 9 }],
    [{ mask: 0.5 }],
    [{ lane: 'drums' }],
  ])('D26: leaves a state like %j out, with its steps and those before, and keeps the others', (wrong) => {
    // The first selection: what was painted after it stays, but no step leads to or from it.
    expect(steps(withState(1, wrong))).toEqual([false, 2, ['document'], whole.undone]);
    // The one that could be done again.
    expect(steps(withState(3, wrong))).toEqual([false, 2, whole.done, ['document']]);
    // The one that is shown: nothing is.
    const { drawn } = checkDrawn(withState(2, wrong), song, none);
    expect(drawn!.states[drawn!.now]).toEqual({ selection: null, band: null, mask: null });
    expect([drawn!.done, drawn!.undone]).toEqual([['document'], ['document']]);
  });

  it.each([
    ['no base64', '%%%'],
    ['a number', 5],
    ['bytes that are no mask', Buffer.from(packRuns(Uint8Array.of(1, 2, 3))).toString('base64')],
    ['beyond the song', packed(5000)],
    ['on another grid', packed(20, { nFft: 2048, hop: 512 })],
    [
      'a million times as large as its text',
      Buffer.from(new Uint8Array(1 << 20).fill(255)).toString('base64'),
    ],
  ])('D26: leaves a mask out that is %s', (_, mask) => {
    const raw = { ...whole, masks: [whole.masks[0], mask] };
    expect(steps(raw)).toEqual([false, 2, whole.done, ['document']]);
  });

  it('D26: leaves steps out that are none, and takes nothing from what is no such file', () => {
    const odd = { ...whole, done: [...whole.done.slice(0, 2), { text: 'step.paint', from: 1, to: 77 }] };
    expect(steps(odd)).toEqual([false, 2, ['document'], whole.undone]);
    for (const raw of [
      null,
      [],
      'drawn',
      { ...whole, revision: 0 },
      { ...whole, states: [] },
      { ...whole, done: 5 },
      { ...whole, states: Array(1001).fill(select) },
    ])
      expect(checkDrawn(raw, song, none)).toEqual({ drawn: null, whole: false });
  });

  it.each([
    ['that is not there', (file: string) => rmSync(file)],
    ['of other bytes', (file: string) => writeFileSync(file, bytesOf(packed(70)))],
    ['that is a folder', (file: string) => (rmSync(file), mkdirSync(file))],
  ])('D26: leaves a mask out whose file is one %s', async (_, damage) => {
    const dir = mkdtempSync(join(folder, 'project-'));
    const blob = edits.addMask(bytesOf(whole.masks[1] as string));
    const drawn = { ...whole, masks: [whole.masks[0], { blob }] };
    await keepDrawn(dir, drawn, edits);
    const anew = (): SessionEdits => new SessionEdits(join(dir, 'session'), () => undefined);
    const song2 = anew();
    expect(drawnIn(dir, song, song2)).toEqual({ drawn, whole: true });
    expect(readFileSync(song2.maskFile(blob)).equals(bytesOf(whole.masks[1] as string))).toBe(true);
    damage(join(dir, 'blobs', blob));
    expect(drawnIn(dir, song, anew())).toMatchObject({ drawn: { done: whole.done, undone: ['document'] } });
    expect(drawnIn(dir, song, anew()).whole).toBe(false);
  });

  it('D26: leaves a mask out whose base or patch is not there, or does not fit the song', async () => {
    const dir = mkdtempSync(join(folder, 'project-'));
    const [blob, patch] = [packed(40), packed(60)].map((text) => edits.addMask(bytesOf(text)));
    const withMask = (mask: unknown): KeptDrawn => ({ ...whole, masks: [whole.masks[0], mask as string] });
    const anew = (): SessionEdits => new SessionEdits(join(dir, `${Math.random()}`), () => undefined);
    for (const mask of [
      { blob, patch: packed(50) },
      { blob, patch: { blob: patch } },
    ]) {
      await keepDrawn(dir, withMask(mask), edits);
      expect(drawnIn(dir, song, anew())).toEqual({ drawn: withMask(mask), whole: true });
    }
    rmSync(join(dir, 'blobs', patch));
    expect(drawnIn(dir, song, anew())).toMatchObject({ whole: false, drawn: { undone: ['document'] } });
    for (const wrong of [packed(5000), packed(20, { nFft: 2048, hop: 512 }), '%%%', 5, { blob: 'x' }])
      expect(checkDrawn(withMask({ blob, patch: wrong }), song, () => true).whole).toBe(false);
    expect(checkDrawn(withMask({ blob, patch: packed(50) }), song, none).whole).toBe(false);
  });

  it('D26: leaves a mask out whose file is larger than the song', async () => {
    const dir = mkdtempSync(join(folder, 'project-'));
    const blob = edits.addMask(bytesOf(packed(5000)));
    await keepDrawn(dir, { ...whole, masks: [whole.masks[0], { blob }] }, edits);
    const session = new SessionEdits(join(dir, 'session'), () => undefined);
    expect(drawnIn(dir, song, session)).toMatchObject({ whole: false, drawn: { undone: ['document'] } });
  });

  it('D26: is put aside as it was when something was left out', () => {
    const [path, aside] = ['drawn.json', 'drawn.damaged.json'].map((name) => join(folder, name));
    expect(drawnIn(folder, song, edits)).toEqual({ drawn: null, whole: true });
    writeFileSync(path, JSON.stringify(whole));
    expect(drawnIn(folder, song, edits)).toEqual({ drawn: whole, whole: true });
    expect(existsSync(aside)).toBe(false);
    for (const text of [JSON.stringify(withState(1, { mask: 9 })), '{"revision":1', '']) {
      writeFileSync(path, text);
      expect(drawnIn(folder, song, edits).whole).toBe(false);
      expect(readFileSync(aside, 'utf8')).toBe(text);
    }
  });
});
