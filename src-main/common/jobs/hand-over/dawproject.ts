import { dbToGain } from '../../base/units.js';
import { envelopeCurve } from './curve.js';
import { decimal, tempoOf, type HandOver, type HandOverTrack } from './hand-over.js';
import { escapeXml, xmlDocument, xmlElement } from './xml.js';

/** Top of a fader: the format's own examples have a linear volume of 0 … 2, some +6 dB. */
const highestVolume = 2;

/** `project.xml` and `metadata.xml` of a .dawproject file, and what the format could not take. */
export interface DawProject {
  readonly project: string;
  readonly metadata: string;
  readonly warnings: readonly string[];
}

/**
 * A song after the DAWproject 1.0 format (the schemas of bitwig/dawproject): one audio track per stem, with its
 * clip, and a master they all go to. A lane of volume automation includes the fader, because it replaces it.
 */
export function dawProject(song: HandOver): DawProject {
  const project = xmlElement('Project', { version: '1.0' }, [
    xmlElement('Application', { name: 'Unbraid', version: song.version }),
    xmlElement('Transport', {}, [
      xmlElement('Tempo', {
        id: 'tempo',
        name: 'Tempo',
        unit: 'bpm',
        min: 20,
        max: 666,
        value: tempoOf(song),
      }),
      xmlElement('TimeSignature', {
        ...{ id: 'meter', numerator: song.tempo?.perBar ?? 4, denominator: 4 },
      }),
    ]),
    xmlElement('Structure', {}, [
      ...song.tracks.map((track, n) => trackOf(song, track, idOf(n))),
      masterOf(song.channels),
    ]),
    xmlElement('Arrangement', { id: 'arrangement' }, [
      xmlElement(
        'Lanes',
        { id: 'lanes', timeUnit: 'seconds' },
        song.tracks.map((track, n) => laneOf(song, track, idOf(n))),
      ),
      ...(song.markers.length > 0
        ? [
            xmlElement(
              'Markers',
              { id: 'markers', timeUnit: 'seconds' },
              song.markers.map(({ name, seconds }) => xmlElement('Marker', { name, time: decimal(seconds) })),
            ),
          ]
        : []),
    ]),
    xmlElement('Scenes', {}),
  ]);
  return { project: xmlDocument(project), metadata: metadataOf(song), warnings: lossesOf(song) };
}

/** Id of a track; those of its parts begin with it. Letters first, as XML asks of an ID. */
function idOf(n: number): string {
  return `track${n}`;
}

function volumeOf(gain: number): string {
  return decimal(Math.min(highestVolume, gain), 6);
}

/** Mute, pan and volume of a channel; pan −1 … 1 as 0 … 1. */
function faders(id: string, { mute, pan, gain }: { mute: boolean; pan: number; gain: number }): string[] {
  const unit = { unit: 'normalized', min: 0, max: 1 };
  return [
    xmlElement('Mute', { id: `${id}-mute`, name: 'Mute', value: mute }),
    xmlElement('Pan', { id: `${id}-pan`, name: 'Pan', ...unit, value: decimal((pan + 1) / 2, 6) }),
    xmlElement('Volume', {
      ...{ id: `${id}-volume`, name: 'Volume', unit: 'linear', min: 0, max: highestVolume },
      value: volumeOf(gain),
    }),
  ];
}

function trackOf({ channels }: HandOver, { name, colour, strip }: HandOverTrack, id: string): string {
  const { mute, solo, pan, gainDb } = strip;
  return xmlElement('Track', { id, name, color: colour, contentType: 'audio', loaded: true }, [
    xmlElement(
      'Channel',
      { id: `${id}-channel`, audioChannels: channels, role: 'regular', solo, destination: 'master-channel' },
      faders(id, { mute, pan, gain: dbToGain(gainDb) }),
    ),
  ]);
}

function masterOf(channels: number): string {
  return xmlElement('Track', { id: 'master', name: 'Master', contentType: 'audio', loaded: true }, [
    xmlElement(
      'Channel',
      { id: 'master-channel', audioChannels: channels, role: 'master', solo: false },
      faders('master', { mute: false, pan: 0, gain: 1 }),
    ),
  ]);
}

/** The clip of a track, as long as the song, and its volume automation. */
function laneOf(song: HandOver, { name, file, strip }: HandOverTrack, id: string): string {
  const { sampleRate, channels, frames, firstFrame } = song;
  const duration = decimal(frames / sampleRate);
  const audio = xmlElement('Audio', { id: `${id}-audio`, sampleRate, channels, duration }, [
    xmlElement('File', { path: file }),
  ]);
  const clip = xmlElement('Clip', { name, time: 0, duration, contentTimeUnit: 'seconds', playStart: 0 }, [
    audio,
  ]);
  const fader = dbToGain(strip.gainDb);
  const curve = envelopeCurve(strip.automation, sampleRate, { start: firstFrame, count: frames });
  const points = curve.map(({ seconds, gain }) =>
    xmlElement('RealPoint', {
      ...{ time: decimal(seconds), value: volumeOf(fader * gain), interpolation: 'linear' },
    }),
  );
  const automation = xmlElement('Points', { id: `${id}-points`, unit: 'linear' }, [
    xmlElement('Target', { parameter: `${id}-volume` }),
    ...points,
  ]);
  return xmlElement('Lanes', { id: `${id}-lanes`, track: id }, [
    xmlElement('Clips', { id: `${id}-clips` }, [clip]),
    ...(points.length > 0 ? [automation] : []),
  ]);
}

/** `metadata.xml`; the schema wants this order. */
function metadataOf({ name, tags }: HandOver): string {
  const texts: readonly (readonly [string, string | undefined])[] = [
    ['Title', tags['title'] ?? name],
    ['Artist', tags['artist']],
    ['Album', tags['album']],
    ['Composer', tags['composer']],
    ['Year', /\d{4}/.exec(tags['date'] ?? '')?.[0]],
    ['Genre', tags['genre']],
    ['Copyright', tags['copyright']],
    ['Comment', tags['comment']],
  ];
  const elements = texts.flatMap(([tag, text]) =>
    text === undefined || text === '' ? [] : [xmlElement(tag, {}, [escapeXml(text)])],
  );
  return xmlDocument(xmlElement('MetaData', {}, elements));
}

function lossesOf({ tracks, sampleRate, firstFrame, frames }: HandOver): string[] {
  return tracks.flatMap(({ name, strip }) => {
    const curve = envelopeCurve(strip.automation, sampleRate, { start: firstFrame, count: frames });
    const highest = dbToGain(strip.gainDb) * Math.max(...curve.map(({ gain }) => gain), curve.length ? 0 : 1);
    return [
      ...(highest > highestVolume * 1.0001
        ? [`"${name}" is louder than +6 dB, the most a DAWproject holds: it was set to that`]
        : []),
      ...(strip.soloSafe ? [`A DAWproject cannot store that "${name}" is solo-safe`] : []),
    ];
  });
}
