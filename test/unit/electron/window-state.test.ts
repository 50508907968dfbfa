import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import {
  WindowStateFile,
  clampToDisplays,
  type WindowState,
} from '../../../src-main/electron/window-state.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-window-test-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const left = { x: 0, y: 25, width: 1920, height: 1055 };
const right = { x: 1920, y: 0, width: 1280, height: 1024 };
const state = (x: number, y: number, width = 1000, height = 700): WindowState => ({
  x,
  y,
  width,
  height,
  maximised: false,
});

describe('clampToDisplays', () => {
  it('leaves a window that is wholly visible', () => {
    expect(clampToDisplays(state(2000, 100), [left, right])).toEqual(state(2000, 100));
  });

  it('pulls a window inside the display it overlaps most', () => {
    expect(clampToDisplays(state(1800, 500), [left, right])).toEqual(state(1920, 324));
    expect(clampToDisplays(state(-400, -200), [left, right])).toEqual(state(0, 25));
  });

  it('brings a window of a display that is gone to the first one, not larger than it', () => {
    expect(clampToDisplays(state(5000, 5000, 3000, 2000), [right, left])).toEqual(state(1920, 0, 1280, 1024));
  });

  it('knows nothing better where there is no display', () => {
    expect(clampToDisplays(state(5, 6), [])).toEqual(state(5, 6));
  });
});

describe('WindowStateFile', () => {
  const file = join(folder, 'below', 'window.json');
  const kept = new WindowStateFile(file, () => [left]);

  it('begins in the middle of the first display', () => {
    expect(kept.load()).toEqual(state(240, 103, 1440, 900));
  });

  it('gives back what was saved', () => {
    const saved = { ...state(10, 40), maximised: true };
    kept.save(saved);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(saved);
    expect(kept.load()).toEqual(saved);
  });

  it.each(['', '{"x":1}', '{"x":1,"y":1,"width":"wide","height":300,"maximised":false}'])(
    'takes the file %j for none',
    (text) => {
      writeFileSync(file, text);
      expect(kept.load()).toEqual(state(240, 103, 1440, 900));
    },
  );

  it('a folder that cannot be written does not matter', () => {
    expect(() =>
      new WindowStateFile(join(file, 'window.json'), () => [left]).save(state(0, 0)),
    ).not.toThrow();
  });
});
