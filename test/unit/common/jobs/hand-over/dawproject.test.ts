import { describe, expect, it } from 'vitest';
import { dawProject } from '../../../../../src-main/common/jobs/hand-over/dawproject.js';
import { reaperProject } from '../../../../../src-main/common/jobs/hand-over/reaper.js';
import { dawProjectFaults } from '../../../../fixtures/hand-over/dawproject-schema.js';
import { hasXmllint, officialFaults } from '../../../../fixtures/hand-over/official-schema.js';
import { allOf, readXml, type XmlNode } from '../../../../fixtures/hand-over/xml.js';
import { hardName, songOf, trackOf } from './song.js';

const fade = [{ kind: 'fade-out', start: 2000, end: 4000, points: [] }] as const;

function find(node: XmlNode, tag: string, attribute?: string, value?: string): XmlNode {
  const found = allOf(node).find(
    (each) => each.tag === tag && (attribute === undefined || each.attributes[attribute] === value),
  );
  if (!found) throw new Error(`no <${tag}>`);
  return found;
}

describe('a DAWproject', () => {
  const song = songOf([
    trackOf(hardName, { gainDb: -6, pan: -0.5, mute: true, automation: fade }),
    trackOf('drums', { solo: true, pan: 1, gainDb: -Infinity }, '#FF0001'),
  ]);
  const project = readXml(dawProject(song).project);

  it('keeps to the schema, and the check of it finds what does not', () => {
    expect(dawProjectFaults(project)).toEqual([]);
    const broken = (from: string | RegExp, to: string): string[] =>
      dawProjectFaults(readXml(dawProject(song).project.replace(from, to)));
    expect(broken('destination="master-channel"', 'destination="nobody"')).toHaveLength(1);
    expect(broken('id="track1"', 'id="track0"')).not.toEqual([]);
    expect(broken(' unit="linear"', '')).toEqual(['<Volume> lacks unit']);
    expect(broken('value="0.501187"', 'value="2.5"')).toEqual(['<Volume> has 2.5, not 0 … 2']);
    expect(broken(/<Scenes\/>/, '<Application name="a" version="1"/>')).toHaveLength(1);
    expect(broken('duration="10"', 'duration="ten"')).toHaveLength(1);
  });

  it.skipIf(!hasXmllint)('keeps to the official schemas, as libxml2 reads them', () => {
    const marked = songOf([trackOf('drums')], {
      markers: [{ name: 'A & B', seconds: 1.5 }],
      tags: { title: 'T & <t>', artist: 'A', date: '2024-05-06', genre: 'Rock', comment: 'c' },
    });
    for (const each of [song, marked]) {
      const { project, metadata } = dawProject(each);
      expect([officialFaults('Project', project), officialFaults('MetaData', metadata)]).toEqual([[], []]);
    }
    const { project, metadata } = dawProject(song);
    expect(officialFaults('Project', project.replace(' unit="linear"', ''))).not.toEqual([]);
    expect(officialFaults('Project', project.replace('<Scenes/>', '<Scene/>'))).not.toEqual([]);
    expect(officialFaults('MetaData', metadata.replaceAll('Title', 'Titel'))).not.toEqual([]);
  });

  it('has names, colours, faders, flags and clips', () => {
    const first = find(project, 'Track', 'id', 'track0');
    expect(first.attributes['name']).toBe(hardName);
    expect(first.attributes['color']).toBe('#12ab9f');
    expect(find(first, 'Mute').attributes['value']).toBe('true');
    expect(find(first, 'Pan').attributes['value']).toBe('0.25');
    expect(Number(find(first, 'Volume').attributes['value'])).toBeCloseTo(10 ** (-6 / 20), 6);
    expect(find(first, 'Channel').attributes['solo']).toBe('false');
    const second = find(project, 'Track', 'id', 'track1');
    expect(find(second, 'Channel').attributes['solo']).toBe('true');
    expect(find(second, 'Pan').attributes['value']).toBe('1');
    expect(find(second, 'Volume').attributes['value']).toBe('0');
    const lanes = find(project, 'Lanes', 'track', 'track1');
    expect(find(lanes, 'Clip').attributes).toMatchObject({ time: '0', duration: '10', name: 'drums' });
    expect(find(lanes, 'Audio').attributes).toMatchObject({
      sampleRate: '1000',
      channels: '2',
      duration: '10',
    });
    expect(find(lanes, 'File').attributes['path']).toBe('audio/drums.wav');
    expect(allOf(lanes).some(({ tag }) => tag === 'Points')).toBe(false);
    expect(find(project, 'Lanes', 'id', 'lanes').attributes['timeUnit']).toBe('seconds');
  });

  it('has automation with the fader in it, which it stands for there', () => {
    const points = find(find(project, 'Lanes', 'track', 'track0'), 'Points');
    expect(find(points, 'Target').attributes['parameter']).toBe('track0-volume');
    const lines = points.children
      .filter(({ tag }) => tag === 'RealPoint')
      .map(({ attributes }) => [Number(attributes['time']), Number(attributes['value'])]);
    const fader = 10 ** (-6 / 20);
    expect(lines[0]).toEqual([0, expect.closeTo(fader, 5)]);
    expect(lines.find(([time]) => time === 3.999)![1]).toBeCloseTo(fader * 0.0005, 6);
    expect(lines.at(-1)).toEqual([10, expect.closeTo(fader, 5)]);
  });

  it.each([
    [{ bpm: '87.5' }, '87.5'],
    [{ bpm: ' 128 ' }, '128'],
    [{ bpm: '92,25' }, '92.25'],
    [{}, '120'],
    [{ bpm: 'fast' }, '120'],
    [{ bpm: '0' }, '120'],
    [{ bpm: '1000' }, '120'],
  ])('has the tempo of the tags %j: %s', (tags, bpm) => {
    const tagged = songOf([trackOf('drums')], { tags });
    const { attributes } = find(readXml(dawProject(tagged).project), 'Tempo');
    expect(attributes).toMatchObject({ value: bpm, unit: 'bpm' });
    expect(dawProjectFaults(readXml(dawProject(tagged).project))).toEqual([]);
    expect(reaperProject(tagged)).toContain(`\n  TEMPO ${bpm} 4 4\n`);
  });

  it('has the tempo and the bar that the song was given, whatever its tags say', () => {
    const song = songOf([trackOf('drums')], { tags: { bpm: '90' }, tempo: { bpm: 127.4567, perBar: 3 } });
    const read = readXml(dawProject(song).project);
    expect(dawProjectFaults(read)).toEqual([]);
    expect(find(read, 'Tempo').attributes).toMatchObject({ value: '127.457' });
    expect(find(read, 'TimeSignature').attributes).toMatchObject({ numerator: '3', denominator: '4' });
    expect(reaperProject(song)).toContain('\n  TEMPO 127.457 3 4\n');
  });

  it('has markers, and no list of them for a song without markers', () => {
    const marked = readXml(
      dawProject(songOf([trackOf('drums')], { markers: [{ name: 'A & B', seconds: 1.5 }] })).project,
    );
    expect(dawProjectFaults(marked)).toEqual([]);
    expect(find(marked, 'Marker').attributes).toEqual({ name: 'A & B', time: '1.5' });
    expect(allOf(project).some(({ tag }) => tag === 'Markers')).toBe(false);
  });

  it('says what the format cannot hold', () => {
    const loud = [{ kind: 'gain', start: 2000, end: 4000, points: [{ frame: 2000, db: 3 }] }] as const;
    const { project: text, warnings } = dawProject(
      songOf([
        trackOf('a', { gainDb: 12 }),
        trackOf('b', { gainDb: 5, automation: loud }),
        trackOf('c', { gainDb: 6 }),
        trackOf('d', { soloSafe: true }),
      ]),
    );
    expect(warnings.map((each) => /"(\w)"/.exec(each)![1])).toEqual(['a', 'b', 'd']);
    expect(dawProjectFaults(readXml(text))).toEqual([]);
    expect(
      Math.max(...[...text.matchAll(/RealPoint[^>]*value="([\d.]+)"/g)].map(([, value]) => Number(value))),
    ).toBe(2);
  });

  it('has the tags in its metadata, and the name where there is no title', () => {
    const tags = { artist: 'A & <B>\u0007', date: '2024-05-01', genre: 'Pop', album: '' };
    const read = (more: Record<string, string>): [string, string][] =>
      readXml(dawProject(songOf([], { name: 'n', tags: more })).metadata).children.map(({ tag, text }) => [
        tag,
        text,
      ]);
    expect(read({ ...tags, title: 'T' })).toEqual([
      ['Title', 'T'],
      ['Artist', 'A & <B>\ufffd'],
      ['Year', '2024'],
      ['Genre', 'Pop'],
    ]);
    expect(read({})).toEqual([['Title', 'n']]);
  });
});
