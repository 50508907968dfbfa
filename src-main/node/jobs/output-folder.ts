import {
  existsSync,
  lstatSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmSync,
  rmdirSync,
  statSync,
  type Stats,
} from 'node:fs';
import { basename, dirname, join, relative, sep } from 'node:path';
import { z } from 'zod';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { collisionKey } from '../../common/jobs/naming.js';
import { syncFolder, writeAtomically } from '../files/atomic-file.js';
import { readSmallFile } from '../files/file-bytes.js';
import { realPath } from './find-files.js';
import { exists, isWorkedOn, moveWithoutReplacing, putBack, setAside } from './output-moves.js';
import { OutputRecords, type OutputRecord } from './output-records.js';
import { SongClaims } from './song-claims.js';
import { ownerTag, removeDeadParts, removeOrphans } from '../files/workspace.js';
import { makeFolder } from '../files/make-folder.js';

/** One finished file: where it stands now (staging), and where it goes, relative to the folder. */
export interface StagedFile {
  readonly staged: string;
  readonly target: readonly string[];
  /** For a sidecar only: it describes the set and is not a result itself; whether it replaces the one that is there. */
  readonly replaces?: boolean;
}

interface Move {
  /** All relative to the folder; `aside` is where the file that stood there is kept until the set is whole. */
  readonly staged: string;
  readonly target: string;
  readonly aside?: string | undefined;
}

interface Intent {
  readonly moves: readonly Move[];
  readonly record: OutputRecord;
}

/** An intent on the disk may come from anyone. */
const intentSchema: z.ZodType<Intent> = z.object({
  moves: z.array(z.object({ staged: z.string(), target: z.string(), aside: z.string().optional() })),
  record: z.object({
    version: z.literal(1),
    source: z.object({ name: z.string(), sha256: z.string(), bytes: z.number() }),
    outputs: z.array(
      z.object({ path: z.string(), bytes: z.number(), mtimeMs: z.number(), sidecar: z.boolean().optional() }),
    ),
    result: z.unknown(),
  }),
});
const maxIntentBytes = 1 << 24;

const stateFolder = '.unbraid';
const intentEnding = '.intent.json';
const stagingPrefix = 'staging-';

/** What may happen to files that stand where outputs go. */
export interface TargetRules {
  /** Every source of the run: none is ever replaced. */
  readonly sources: readonly string[];
  readonly overwrite: boolean;
  /** Replace what an earlier run made from this source, unless somebody changed it since. */
  readonly replaceMadeFrom?: string | undefined;
}

/**
 * An output folder that never shows half a result. Files are written into `.unbraid/staging-…`, then an intent
 * (what moves where) is stored, the files are renamed, and a record takes the intent's place. A run that was
 * killed in between is completed by the next one.
 */
export class OutputFolder {
  readonly records: OutputRecords;
  /** Which run makes which song; see `SongClaims`. */
  readonly claims: SongClaims;
  private readonly state: string;
  private staging: string | undefined;
  /** The folders that this run made for its results, the outermost first. */
  private made: readonly string[] = [];
  /** What this run wrote; its songs never overwrite each other's outputs. */
  private readonly written = new Set<string>();

  constructor(readonly root: string) {
    this.state = join(root, stateFolder);
    this.records = new OutputRecords(root, this.state);
    this.claims = new SongClaims(this.state);
  }

  /** Creates the folder, completes interrupted moves, deletes what killed runs left. Throws typed system errors. */
  open(): void {
    try {
      this.made = makeFolder(this.state).filter((dir) => dir !== this.state);
      // Somebody else may have made the folder: what is done below must not reach out of it (P7).
      if (lstatSync(this.state).isSymbolicLink())
        throw new UnbraidError('outside-output-folder', 'The folder .unbraid is a link', {
          file: this.state,
          hint: 'Remove it, or choose another output folder.',
        });
      for (const name of readdirSync(this.state)) {
        if (name.endsWith(intentEnding) && !isWorkedOn(name)) this.rollForward(join(this.state, name));
      }
      removeDeadParts(this.state);
      removeOrphans(this.state, stagingPrefix);
    } catch (error) {
      throw toUnbraidError(error, this.root);
    }
  }

  /** Completes one interrupted move; what cannot be completed is undone, and the song is due again. */
  private rollForward(file: string): void {
    let intent: Intent | undefined;
    try {
      const read = intentSchema.parse(JSON.parse(readSmallFile(file, maxIntentBytes).toString('utf8')));
      const inside = read.moves.every(
        ({ staged, target, aside = staged }) =>
          this.isOurs(staged) && this.isOurs(aside) && this.isInside(target),
      );
      if (inside) intent = read;
      else throw new UnbraidError('outside-output-folder', 'Foreign files cannot be moved');
      this.move(intent.moves);
      const complete = intent.record.outputs.every((output) => existsSync(join(this.root, output.path)));
      if (complete) {
        this.record(basename(file).split('.')[0], intent.record);
        this.dropOld(intent.moves);
      } else this.undo(intent);
    } catch {
      if (intent) this.undo(intent);
    }
    rmSync(file, { recursive: true, force: true });
  }

  /** Whether a staged file lies in the state folder, links followed. */
  private isOurs(staged: string): boolean {
    const path = join(this.root, staged);
    const folder = realPath(dirname(path));
    return path.startsWith(this.state + sep) && (folder + sep).startsWith(realPath(this.state) + sep);
  }

  /** Whether a target is in the folder, and no link on the way leads out of it. */
  private isInside(target: string): boolean {
    try {
      this.resolve(target.split(sep));
      return true;
    } catch {
      return false;
    }
  }

  private record(key: string, record: OutputRecord): void {
    this.records.supersede(key, record);
    writeAtomically(this.records.fileOf(key), JSON.stringify(record));
  }

  /**
   * Takes a failed commit back: half a set must not look like a result, and what it would have replaced is there again.
   */
  private undo({ moves = [], record }: Partial<Pick<Intent, 'moves' | 'record'>>): void {
    for (const { staged, target, aside } of [...moves].reverse()) {
      if (!this.isInside(target)) continue;
      const to = join(this.root, target);
      const there = lstatSync(to, { throwIfNoEntry: false });
      const bytes = record?.outputs.find((output) => output.path === target)?.bytes;
      const from = lstatSync(join(this.root, staged), { throwIfNoEntry: false });
      const moved = from === undefined || from.ino === there?.ino;
      if (moved && there?.isFile() && there.size === bytes) rmSync(to, { force: true });
      if (aside !== undefined) putBack(join(this.root, aside), to);
    }
  }

  /** Moves files to their places; old ones are set aside first, so that `undo` can put them back. */
  private move(moves: readonly Move[]): void {
    const folders = new Set<string>();
    for (const { staged, target, aside } of moves) {
      const from = join(this.root, staged);
      const to = this.resolve(target.split(sep));
      if (!existsSync(from)) continue;
      makeFolder(dirname(to));
      if (aside === undefined) moveWithoutReplacing(from, to);
      else {
        const old = join(this.root, aside);
        if (existsSync(to) && !existsSync(old)) setAside(to, old);
        renameSync(from, to);
      }
      folders.add(dirname(to));
    }
    for (const folder of folders) syncFolder(folder);
  }

  /** What is to be moved where; with a place for the old file where there is one. */
  private plan(files: readonly StagedFile[], rules: TargetRules): readonly Move[] {
    // Another run may have written there since the work began.
    this.checkTargets(
      files.filter(({ replaces }) => replaces === undefined).map(({ target }) => target),
      rules,
    );
    for (const { target, replaces } of files) if (replaces !== undefined) this.checkSidecar(target, replaces);
    const rel = (path: string): string => relative(this.root, path);
    return files.map(({ staged, target }) => {
      const to = this.resolve(target);
      const there = lstatSync(to, { throwIfNoEntry: false }) !== undefined;
      // Beside the staging folder, which is deleted whatever happens.
      const aside = join(stateFolder, `old-${basename(dirname(staged))}-${basename(staged)}`);
      return { staged: rel(staged), target: rel(to), ...(there && { aside }) };
    });
  }

  private dropOld(moves: readonly Move[]): void {
    for (const { aside } of moves) if (aside !== undefined) rmSync(join(this.root, aside), { force: true });
  }

  /** A folder for files on their way; on the same file system, so that renaming is atomic. */
  stagingDir(): string {
    try {
      makeFolder(this.state);
      return (this.staging ??= mkdtempSync(join(this.state, `${stagingPrefix}${ownerTag()}-`)));
    } catch (error) {
      throw toUnbraidError(error, this.root);
    }
  }

  /**
   * Checks where the files of a set would go, before any work is done for them. Throws `output-exists`,
   * `outside-output-folder`, and `invalid-argument` when a file would replace a source or another of its set.
   */
  checkTargets(targets: readonly (readonly string[])[], rules: TargetRules): void {
    const keys = new Set<string>();
    for (const parts of targets) {
      const target = this.resolve(parts);
      const key = collisionKey(parts);
      if (keys.has(key)) {
        throw new UnbraidError('invalid-argument', 'The template gives two stems the same name', {
          file: target,
          hint: 'Use a template with {stem} in it and few other words.',
        });
      }
      keys.add(key);
      if (this.written.has(key)) throw exists(target, 'Another song of this run has the same output');
      const there = lstatSync(target, { throwIfNoEntry: false });
      if (there) this.checkExisting(target, there, rules);
    }
  }

  /** A sidecar replaces one that its writer has looked at, and nothing else. Throws as `checkTargets` does. */
  private checkSidecar(parts: readonly string[], replaces: boolean): void {
    const target = this.resolve(parts);
    const there = lstatSync(target, { throwIfNoEntry: false });
    if (there && !(replaces && there.isFile())) throw exists(target, 'The output exists already');
  }

  private checkExisting(target: string, there: Stats, rules: TargetRules): void {
    const isSource = rules.sources.some((source) => {
      const original = statSync(source, { throwIfNoEntry: false });
      return original !== undefined && there.ino === original.ino && there.dev === original.dev;
    });
    if (isSource) {
      throw new UnbraidError('invalid-argument', 'The output would replace a source file', {
        file: target,
        hint: 'Choose another folder or template.',
      });
    }
    if (there.isDirectory()) {
      throw new UnbraidError('output-exists', 'A folder stands where the output would go', { file: target });
    }
    const { overwrite, replaceMadeFrom: source } = rules;
    if (overwrite) return;
    if (source !== undefined && this.records.madeFrom(relative(this.root, target), source)) return;
    throw exists(target, 'The output exists already');
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
    rules: TargetRules,
  ): string[] {
    const moves = this.plan(files, rules);
    const intent: Intent = {
      moves,
      record: {
        version: 1,
        ...record,
        outputs: files.map((file, i) => {
          const { size, mtimeMs } = statSync(file.staged);
          const sidecar = file.replaces !== undefined;
          return { path: moves[i].target, bytes: size, mtimeMs, ...(sidecar && { sidecar }) };
        }),
      },
    };
    const intentFile = join(this.state, `${key}.${ownerTag()}${intentEnding}`);
    try {
      writeAtomically(intentFile, JSON.stringify(intent));
      this.move(moves);
      this.record(key, intent.record);
      this.dropOld(moves);
    } catch (error) {
      rmSync(this.records.fileOf(key), { force: true });
      this.undo(intent);
      throw toUnbraidError(error, this.root);
    } finally {
      rmSync(intentFile, { force: true });
    }
    for (const file of files) this.written.add(collisionKey(file.target));
    return moves.map(({ target }) => join(this.root, target));
  }

  /** Moves staged files to their places without a record: for single files that are not resumed. */
  publish(files: readonly StagedFile[], rules: TargetRules): void {
    const moves = this.plan(files, rules);
    try {
      this.move(moves);
      this.dropOld(moves);
    } catch (error) {
      this.undo({ moves });
      throw toUnbraidError(error, this.root);
    }
  }

  /**
   * The failure as a user knows it: a user does not know the files in the staging folder, so the error names the
   * source.
   */
  explain(thrown: unknown, source: string): UnbraidError {
    const error = toUnbraidError(thrown, source);
    if (!error.file?.startsWith(this.state + sep)) return error;
    const { message, hint, cause } = error;
    return new UnbraidError(error.code, message, { file: source, hint, cause });
  }

  /** Deletes the staging folder; when nothing was ever made here, the state folder and those that were made for it, too. */
  close(): void {
    if (this.staging) rmSync(this.staging, { recursive: true, force: true });
    this.staging = undefined;
    try {
      for (const dir of [this.state, ...this.made.toReversed()]) {
        if (readdirSync(dir).length > 0) break;
        rmdirSync(dir);
      }
    } catch {
      // Someone else is using it.
    }
  }
}
