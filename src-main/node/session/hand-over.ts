import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import type { CommandArgs } from '../../common/contract/commands.js';
import { dawProject } from '../../common/jobs/hand-over/dawproject.js';
import type { HandOver } from '../../common/jobs/hand-over/hand-over.js';
import { reaperProject } from '../../common/jobs/hand-over/reaper.js';
import { neutralStrip } from '../../common/jobs/mixer.js';
import { distinctNames, sanitiseName, sanitiseValue } from '../../common/jobs/naming.js';
import { ProgressMeter } from '../../common/jobs/progress.js';
import { cutOut } from '../audio/cut-out.js';
import { exportStems, type ExportResult } from '../jobs/export-stems.js';
import { sidecarName, sidecarText, type SidecarFacts } from '../jobs/sidecar.js';
import type { RunOptions, SongRunner } from '../jobs/song-runner.js';
import { writeZip, type ZipSource } from '../files/zip-file.js';
import { setIdOf, sidecarFacts, type ExportOutcome } from './session-export.js';
import type { Session } from './session.js';
import { makeFolder } from '../files/make-folder.js';

export type HandOverRequest = Pick<
  CommandArgs<'handOver'>,
  'to' | 'tracks' | 'mixer' | 'markers' | 'tempo' | 'range' | 'settings'
> & { readonly version: string };

/**
 * Writes the stems of a session, edits included, as one file for another program: a .dawproject, or a zip that holds
 * a folder with an .rpp and its audio. The WAV files are exported and read back as every export of stems is, so all
 * of them add up to the source. Throws typed errors.
 */
export async function handOver(
  runner: SongRunner,
  session: Session,
  request: HandOverRequest,
  dir: string,
  options: RunOptions = {},
): Promise<ExportOutcome> {
  const work = join(dir, 'work');
  makeFolder(work);
  try {
    const audio = await writeAudio(runner, session, request, work, options);
    const { ref } = session.state.tracks[0];
    const song = describe(session, request);
    const contents = contentsOf(request.to, song);
    const folder = contents.folder === '' ? '' : `${contents.folder}/`;
    const sources: ZipSource[] = [
      ...contents.texts.map(({ name, text }) => ({ name: `${folder}${name}`, text })),
      ...song.tracks.map(({ file }, n) => ({ name: `${folder}${file}`, file: audio.files[n].staged })),
    ];
    // A .dawproject holds what its format names and nothing else.
    if (request.to === 'reaper') {
      const targets = song.tracks.map(({ file }) => file.split('/'));
      const text = await sidecarText(audio, audio.facts, targets, options.signal);
      sources.push({ name: `${folder}audio/${sidecarName(session.name)}`, text });
    }
    const path = join(dir, contents.fileName);
    const all = audio.files.reduce((sum, file) => sum + file.bytes, 0);
    const meter = new ProgressMeter(() => performance.now() / 1000);
    const seconds = song.frames / ref.sampleRate;
    const bytes = await writeZip(path, sources, {
      signal: options.signal,
      onBytes: (done) =>
        options.onProgress?.(meter.update('write', seconds * Math.min(1, done / all), seconds)),
    });
    return {
      files: [{ name: contents.fileName, path, bytes }],
      gainDb: audio.gainDb,
      writtenNullDb: audio.writtenNullDb,
      warnings: [...audio.warnings, ...contents.warnings],
    };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** The stems that are wanted, in their order, as WAV files in a folder. */
async function writeAudio(
  runner: SongRunner,
  session: Session,
  { tracks, range, settings }: HandOverRequest,
  dir: string,
  options: RunOptions,
): Promise<ExportResult & { readonly facts: SidecarFacts }> {
  const [source, ...stems] = session.state.tracks;
  if (stems.length === 0) {
    throw new UnbraidError('invalid-argument', 'The song has no stems yet', { hint: 'Separate it first.' });
  }
  session.refuseWhileRunning('Export it when the separation is done.');
  const cut = (ref: typeof source.ref, name: string): typeof source.ref =>
    range ? cutOut(ref, range, join(dir, 'cuts', name)) : ref;
  const { song, info, name } = session;
  // The names in the zip are made below: nothing of the template is used.
  const written = { ...settings, format: 'wav' as const, stems: tracks.map(({ stem }) => stem) };
  const sources = stems.map((stem, n) => ({ name: stem.name, peak: stem.peak, ref: cut(stem.ref, `${n}`) }));
  const whole = cut(source.ref, 'source');
  const id = setIdOf(session, { range, settings: written }, sources);
  const exported = await exportStems(
    runner.writer,
    {
      ...{ info, name, sourcePath: song.path, sourcePeak: source.peak, stagingDir: dir, id },
      ...{ source: whole, stems: sources, settings: written },
      seed: parseInt(song.content.sha256.slice(0, 8), 16),
    },
    options,
  );
  return { ...exported, facts: sidecarFacts(session, { range, settings: written }, id, whole) };
}

/** What the writers of formats need to know. */
function describe(
  session: Session,
  { tracks, mixer, markers, tempo, range, version }: HandOverRequest,
): HandOver {
  const { ref } = session.state.tracks[0];
  // Names are cleaned first and made unique afterwards: cleaning may make two of them the same.
  const short = (name: string): string => [...sanitiseValue(name)].slice(0, 60).join('');
  const files = distinctNames(tracks.map(({ name }) => `${short(name)}.wav`));
  const firstFrame = range?.start ?? 0;
  const frames = Math.min(range?.count ?? ref.frames, ref.frames - firstFrame);
  return {
    ...{ name: session.name, version, tempo, tags: session.info.tags },
    ...{ sampleRate: ref.sampleRate, channels: ref.channels },
    firstFrame,
    frames,
    markers: markers
      .map(({ name, frame }) => ({ name, seconds: (frame - firstFrame) / ref.sampleRate }))
      .filter(({ seconds }) => seconds >= 0 && seconds <= frames / ref.sampleRate)
      .sort((a, b) => a.seconds - b.seconds),
    tracks: tracks.map(({ stem, name, colour }, n) => ({
      ...{ name, colour, file: `audio/${sanitiseName(`${files[n]}.wav`)}` },
      strip: { ...neutralStrip, ...mixer[stem] },
    })),
  };
}

interface Contents {
  readonly fileName: string;
  /** The one folder everything is in; empty for no folder. */
  readonly folder: string;
  readonly texts: readonly { readonly name: string; readonly text: string }[];
  readonly warnings: readonly string[];
}

function contentsOf(to: HandOverRequest['to'], song: HandOver): Contents {
  const [plain] = distinctNames([`${song.name}.x`]);
  const base = sanitiseName(sanitiseValue(plain));
  if (to === 'reaper') {
    const texts = [{ name: `${base}.rpp`, text: reaperProject(song) }];
    return { fileName: `${base} (Reaper).zip`, folder: base, texts, warnings: [] };
  }
  const { project, metadata, warnings } = dawProject(song);
  const texts = [
    { name: 'project.xml', text: project },
    { name: 'metadata.xml', text: metadata },
  ];
  return { fileName: `${base}.dawproject`, folder: '', texts, warnings };
}
