import {
  closeSync,
  existsSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { isOrphan, ownerTag, removeOrphans } from './workspace.js';

/** One finished file: where it stands now (staging), and where it goes, relative to the folder. */
export interface StagedFile {
  readonly staged: string;
  readonly target: readonly string[];
}

/** What was made of one source with one set of settings; the key is in the file's name. */
export interface OutputRecord {
  readonly version: 1;
  readonly source: { readonly name: string; readonly sha256: string; readonly bytes: number };
  readonly outputs: readonly { readonly path: string; readonly bytes: number }[];
  /** The result as reported, for reports of later runs. */
  readonly result: unknown;
}

interface Intent {
  readonly moves: readonly { readonly staged: string; readonly target: string }[];
  readonly record: OutputRecord;
}

const stateFolder = '.unbraid';
const stagingPrefix = 'staging-';

/** fsync of a folder, so that a rename in it survives a power cut; Windows cannot and need not. */
function syncFolder(dir: string): void {
  if (process.platform === 'win32') return;
  const fd = openSync(dir, 'r');
  try {
    fsyncSync(fd);
  } finally {
    closeSync(fd);
  }
}

function writeAtomically(path: string, text: string): void {
  const temporary = `${path}.${ownerTag()}.part`;
  const fd = openSync(temporary, 'w');
  try {
    const bytes = Buffer.from(text);
    for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
    fsyncSync(fd);
  } catch (error) {
    closeSync(fd);
    rmSync(temporary, { force: true });
    throw error;
  }
  closeSync(fd);
  renameSync(temporary, path);
  syncFolder(dirname(path));
}

/**
 * An output folder that never shows half a result. Files are written into `.unbraid/staging-…`, then an intent
 * (what moves where) is stored, the files are renamed, and a record takes the intent's place. A run that was
 * killed in between is completed by the next one.
 */
export class OutputFolder {
  private readonly state: string;
  private staging: string | undefined;

  constructor(readonly root: string) {
    this.state = join(root, stateFolder);
  }

  /** Creates the folder, completes interrupted moves, deletes what killed runs left. Throws typed system errors. */
  open(): void {
    try {
      mkdirSync(this.state, { recursive: true });
      for (const name of readdirSync(this.state)) {
        if (name.endsWith('.intent.json')) this.rollForward(join(this.state, name));
      }
      for (const name of readdirSync(this.state)) {
        if (name.endsWith('.part') && !name.includes(`.${ownerTag()}.`)) this.removeDeadPart(name);
      }
      removeOrphans(this.state, stagingPrefix);
    } catch (error) {
      throw toUnbraidError(error, this.root);
    }
  }

  private removeDeadPart(name: string): void {
    const owner = /\.([A-Za-z0-9]+-\d+)\.part$/.exec(name)?.[1];
    if (owner && isOrphan(`${stagingPrefix}${owner}-`, stagingPrefix))
      rmSync(join(this.state, name), { force: true });
  }

  private rollForward(file: string): void {
    let intent: Intent;
    try {
      intent = JSON.parse(readFileSync(file, 'utf8')) as Intent;
    } catch {
      rmSync(file, { force: true });
      return;
    }
    if (intent.moves.some((move) => existsSync(join(this.root, move.staged)))) this.move(intent);
    const complete = intent.record.outputs.every((output) => existsSync(join(this.root, output.path)));
    if (complete) writeAtomically(file.replace('.intent.json', '.json'), JSON.stringify(intent.record));
    rmSync(file, { force: true });
  }

  private move(intent: Pick<Intent, 'moves'>): void {
    const folders = new Set<string>();
    for (const { staged, target } of intent.moves) {
      const from = join(this.root, staged);
      const to = join(this.root, target);
      if (!existsSync(from)) continue;
      mkdirSync(dirname(to), { recursive: true });
      renameSync(from, to);
      folders.add(dirname(to));
    }
    for (const folder of folders) syncFolder(folder);
  }

  /** The record under this key, if everything it names is still there in full. */
  find(key: string): OutputRecord | undefined {
    try {
      const record = JSON.parse(readFileSync(join(this.state, `${key}.json`), 'utf8')) as OutputRecord;
      const whole = record.outputs.every(({ path, bytes }) => statSync(join(this.root, path)).size === bytes);
      return record.version === 1 && whole ? record : undefined;
    } catch {
      return undefined;
    }
  }

  /** Every record of the folder. */
  records(): OutputRecord[] {
    if (!existsSync(this.state)) return [];
    return readdirSync(this.state)
      .filter((name) => /^[0-9a-f]{64}\.json$/.test(name))
      .flatMap((name) => this.find(name.slice(0, 64)) ?? []);
  }

  /** A folder for files on their way; on the same file system, so that renaming is atomic. */
  stagingDir(): string {
    try {
      mkdirSync(this.state, { recursive: true });
      return (this.staging ??= mkdtempSync(join(this.state, `${stagingPrefix}${ownerTag()}-`)));
    } catch (error) {
      throw toUnbraidError(error, this.root);
    }
  }

  /**
   * Checks where files would go, before any work is done for them. Throws `output-exists`,
   * `outside-output-folder`, and `invalid-argument` when a file would replace the source itself.
   */
  checkTargets(targets: readonly (readonly string[])[], source: string, overwrite: boolean): void {
    for (const parts of targets) {
      const target = this.resolve(parts);
      const there = lstatSync(target, { throwIfNoEntry: false });
      if (!there) continue;
      const original = statSync(source, { throwIfNoEntry: false });
      if (original && there.ino === original.ino && there.dev === original.dev) {
        throw new UnbraidError('invalid-argument', 'The output would replace the source file', {
          file: target,
          hint: 'Choose another folder or template.',
        });
      }
      if (there.isDirectory()) {
        throw new UnbraidError('output-exists', 'A folder stands where the output would go', {
          file: target,
        });
      }
      if (!overwrite) {
        throw new UnbraidError('output-exists', 'The output exists already', {
          file: target,
          hint: 'Use --overwrite to replace it, or another folder or template.',
        });
      }
    }
  }

  /** The absolute path of a target; no symbolic link on the way may lead out of the folder. */
  private resolve(parts: readonly string[]): string {
    const root = realpathSync(this.root);
    let current = this.root;
    for (const part of parts.slice(0, -1)) {
      current = join(current, part);
      if (!lstatSync(current, { throwIfNoEntry: false })) break;
      const real = realpathSync(current);
      if (real !== root && !real.startsWith(root + sep)) {
        throw new UnbraidError('outside-output-folder', 'A symbolic link leads out of the output folder', {
          file: current,
          hint: 'Choose another output folder or template.',
        });
      }
    }
    const target = join(this.root, ...parts);
    if (relative(this.root, target).startsWith('..')) {
      throw new UnbraidError('outside-output-folder', 'The output would be outside the output folder', {
        file: target,
      });
    }
    return target;
  }

  /** The path under which a target will be found. */
  pathOf(target: readonly string[]): string {
    return join(this.root, ...target);
  }

  /** Moves staged files to their places, all or (after a kill: by the next run) all. The final paths. */
  commit(
    key: string,
    files: readonly StagedFile[],
    record: Omit<OutputRecord, 'version' | 'outputs'>,
  ): string[] {
    const targets = files.map((file) => this.resolve(file.target));
    const rel = (path: string): string => relative(this.root, path);
    const intent: Intent = {
      moves: files.map((file, i) => ({ staged: rel(file.staged), target: rel(targets[i]) })),
      record: {
        version: 1,
        ...record,
        outputs: files.map((file, i) => ({ path: rel(targets[i]), bytes: statSync(file.staged).size })),
      },
    };
    const intentFile = join(this.state, `${key}.intent.json`);
    try {
      writeAtomically(intentFile, JSON.stringify(intent));
      this.move(intent);
      writeAtomically(join(this.state, `${key}.json`), JSON.stringify(intent.record));
      rmSync(intentFile, { force: true });
    } catch (error) {
      throw toUnbraidError(error, this.root);
    }
    return targets;
  }

  /** Moves staged files to their places without a record: for single files that are not resumed. */
  publish(files: readonly StagedFile[]): void {
    try {
      const rel = (path: string): string => relative(this.root, path);
      const moves = files.map((file) => ({
        staged: rel(file.staged),
        target: rel(this.resolve(file.target)),
      }));
      this.move({ moves });
    } catch (error) {
      throw toUnbraidError(error, this.root);
    }
  }

  /** Deletes the staging folder; when nothing was ever made here, the state folder too. */
  close(): void {
    if (this.staging) rmSync(this.staging, { recursive: true, force: true });
    this.staging = undefined;
    try {
      if (readdirSync(this.state).length === 0) rmdirSync(this.state);
    } catch {
      // Someone else is using it.
    }
  }
}
