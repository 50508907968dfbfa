import { existsSync, mkdtempSync, readdirSync, renameSync, rmSync, rmdirSync, statSync } from 'node:fs';
import { basename, join, relative, sep } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { ProgressMeter } from '../../common/jobs/progress.js';
import type { RunOptions } from '../jobs/song-runner.js';
import { isZip, unzip, writeZip } from '../files/zip-file.js';
import { checkRoom, freeBytes, type FreeSpace } from '../files/room.js';
import { ownerTag, removeOrphans } from '../files/workspace.js';
import { isProject } from './folder/project-folder.js';
import { newProjectDir } from './project-list.js';
import type { ProjectStore, SaveRequest } from './project-store.js';
import type { ExportOutcome } from '../session/session-export.js';
import type { Session } from '../session/session.js';
import { makeFolder } from '../files/make-folder.js';

/** A zip may unpack to this many times its length, and to this much in any case: more was made to fill a disk. */
const mostTimes = 50;
const mostBytes = 2 ** 31;
const mostFiles = 100_000;

const unpackPrefix = '.unpack-';

/**
 * Writes a session as one zip in `dir` that holds a whole project: song, stems, masks, everything a person has
 * decided. Unpacked on any machine it is a project folder that finds its song inside. Throws typed errors.
 */
export async function collectProject(
  store: ProjectStore,
  session: Session,
  request: SaveRequest,
  dir: string,
  { signal, onProgress }: RunOptions = {},
): Promise<ExportOutcome> {
  const work = join(dir, 'work');
  makeFolder(work);
  try {
    const project = newProjectDir(work, session.name);
    await store.collect(session, project, request);
    const files = readdirSync(project, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const sources = files.map((file) => ({ name: relative(work, file).split(sep).join('/'), file }));
    const all = files.reduce((sum, file) => sum + statSync(file).size, 0);
    const { frames, sampleRate } = session.song.decoded.ref;
    const seconds = frames / sampleRate;
    const meter = new ProgressMeter(() => performance.now() / 1000);
    const name = `${basename(project)}.zip`;
    const path = join(dir, name);
    const bytes = await writeZip(path, sources, {
      signal,
      onBytes: (done) => onProgress?.(meter.update('write', seconds * Math.min(1, done / all), seconds)),
    });
    return { files: [{ name, path, bytes }], gainDb: 0, writtenNullDb: null, warnings: [] };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * Unpacks such a zip into a new folder below `library`, and returns that. Nothing is written anywhere else,
 * and nothing stays of a zip that is refused.
 *
 * @throws UnbraidError `unsupported-format` for a file that is not the zip of a project, `project-damaged`,
 * `too-large`, `disk-full`, or a typed system error.
 */
export async function unpackProject(
  path: string,
  fileName: string,
  library: string,
  free: FreeSpace = freeBytes,
): Promise<string> {
  const refused = (): UnbraidError =>
    new UnbraidError('unsupported-format', 'This is not a zip with a collected project', {
      file: fileName,
      hint: 'Choose a .unbraid.zip file.',
    });
  if (!(await isZip(path))) throw refused();
  makeFolder(library);
  // Beside the projects, so that it is renamed and not copied; a name that begins with a dot is not taken for a
  // project.
  removeOrphans(library, unpackPrefix);
  const work = mkdtempSync(join(library, `${unpackPrefix}${ownerTag()}-`));
  try {
    const hint = 'Free some space, and open it again.';
    await unzip(path, work, {
      bytes: Math.max(mostBytes, mostTimes * statSync(path).size),
      files: mostFiles,
      room: (bytes) => checkRoom(library, bytes, free(library), hint),
    });
    const inside = readdirSync(work).map((name) => join(work, name));
    const found = [work, ...inside].find(isProject);
    if (found === undefined) throw refused();
    rmSync(join(found, 'lock'), { recursive: true, force: true });
    const target = newProjectDir(library, basename(fileName).replace(/(\.unbraid)?\.zip$/i, ''));
    // A folder takes the name of another one only where that is gone.
    rmdirSync(target);
    renameSync(found, target);
    return target;
  } catch (error) {
    // The name of the upload's file means nothing to the person who chose it.
    const { code, message, hint } = toUnbraidError(error);
    throw new UnbraidError(code, message, { file: fileName, hint, cause: error });
  } finally {
    if (existsSync(work)) rmSync(work, { recursive: true, force: true });
  }
}
