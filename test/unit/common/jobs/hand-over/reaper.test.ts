import { describe, expect, it } from 'vitest';
import { peakColour, quoteRpp, reaperProject } from '../../../../../src-main/common/jobs/hand-over/reaper.js';
import { readRpp, type RppNode } from '../../../../fixtures/hand-over/rpp.js';
import { hardName, songOf, trackOf } from './song.js';

const child = (node: RppNode, tag: string): RppNode => node.children.find((each) => each.tag === tag)!;
const tracksOf = (text: string): RppNode[] => readRpp(text).children.filter(({ tag }) => tag === 'TRACK');

describe('a Reaper project', () => {
  it('has rate, names, colours, faders, flags and items', () => {
    const strip = { gainDb: -6, pan: -0.25, mute: true, solo: false, soloSafe: true };
    const text = reaperProject(
      songOf([trackOf(hardName, strip), trackOf('drums', { solo: true }, '#ff0001')]),
    );
    const project = readRpp(text);
    expect(project.tag).toBe('REAPER_PROJECT');
    expect(child(project, 'SAMPLERATE').values).toEqual(['1000', '1', '0']);
    const [first, second] = tracksOf(text);
    expect(child(first, 'NAME').values).toEqual([hardName.replace('\n', ' ')]);
    expect(Number(child(first, 'PEAKCOL').values[0])).toBe(0x1000000 + 0x9fab12);
    const [volume, pan, ...rest] = child(first, 'VOLPAN').values.map(Number);
    expect(volume).toBeCloseTo(10 ** (-6 / 20), 8);
    expect([pan, ...rest]).toEqual([-0.25, -1, -1, 1]);
    expect(child(first, 'MUTESOLO').values).toEqual(['1', '0', '1']);
    expect(child(second, 'MUTESOLO').values).toEqual(['0', '1', '0']);
    expect(child(second, 'PEAKCOL').values).toEqual([String(0x10100ff)]);
    const item = child(second, 'ITEM');
    expect(child(item, 'POSITION').values).toEqual(['0']);
    expect(child(item, 'LENGTH').values).toEqual(['10']);
    expect(child(item, 'SOURCE').values).toEqual(['WAVE']);
    expect(child(child(item, 'SOURCE'), 'FILE').values).toEqual(['audio/drums.wav']);
  });

  it('has automation as an envelope that multiplies the fader, from the start of a selection', () => {
    const automation = [{ kind: 'fade-in', start: 2000, end: 4000, points: [] }] as const;
    const text = reaperProject(
      songOf([trackOf('a', { gainDb: 6, automation })], { firstFrame: 1000, frames: 5000 }),
    );
    const points = child(tracksOf(text)[0], 'VOLENV2')
      .children.filter(({ tag }) => tag === 'PT')
      .map(({ values }) => values.map(Number));
    // Before the fade the level is 1, and comes down within 5 ms (an edge), so that it does not click.
    expect(points.find(([seconds]) => seconds === 0)).toEqual([0, 1, 0]);
    expect(points.find(([seconds]) => seconds === 1)).toEqual([1, 0, 0]);
    expect(points.find(([seconds]) => seconds === 2.999)![1]).toBeCloseTo(0.9995, 6);
    expect(points.at(-1)).toEqual([5, 1, 0]);
    expect(text).not.toMatch(/VOLENV2[^]*VOLENV2/);
    expect(reaperProject(songOf([trackOf('a')]))).not.toContain('VOLENV2');
  });

  it('has markers with numbers, places and names', () => {
    const markers = [
      { name: 'Verse "1"', seconds: 0 },
      { name: '2', seconds: 7.25 },
    ];
    const lines = reaperProject(songOf([trackOf('a')], { markers })).split('\n');
    expect(lines.filter((line) => line.includes('MARKER'))).toEqual([
      `  MARKER 1 0 'Verse "1"' 0`,
      '  MARKER 2 7.25 "2" 0',
    ]);
  });

  it('quotes what holds quotes', () => {
    expect(quoteRpp('a b')).toBe('"a b"');
    expect(quoteRpp('a "b"')).toBe(`'a "b"'`);
    expect(quoteRpp(`a "b" 'c'`)).toBe('`a "b" \'c\'`');
    expect(quoteRpp('a "b" \'c\' `d`')).toBe("`a \"b\" 'c' 'd'`");
    expect(quoteRpp('a\r\n>b\ud800')).toBe('"a >b\ufffd"');
    expect(peakColour('#000000')).toBe(0x1000000);
  });
});
