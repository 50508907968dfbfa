import { existsSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UnbraidError, assert, toUnbraidError } from '../../../common/base/errors.js';
import { Scope, type Disposable } from '../../../common/base/disposal.js';
import { fittingMarks } from '../../../common/document/fitting.js';
import type { StepChange, StepName } from '../../../common/document/history-schema.js';
import type { Mark } from '../../../common/document/marks.js';
import { documentVersion } from '../../../common/document/migrations.js';
import { syncFolder, writeAtomically } from '../../files/atomic-file.js';
import { maskFilesIn } from './drawn-masks.js';
import { masksIn } from './edits-in.js';
import { parseProject, projectVersion, type ProjectFile, type StoredProject } from './format.js';
import { Journal, changed, digestOf, readJournal, replay, type DocumentState } from './journal.js';
import { readSmallFile } from '../../files/file-bytes.js';
import { keepOnly } from '../../files/keep-files.js';
import { lockFolder } from '../../files/lock.js';
import { makeFolder } from '../../files/make-folder.js';

/** What a save says; this class adds the rest. */
export type ProjectState = Omit<ProjectFile, 'project' | 'version' | 'sequence' | 'latest'>;

export interface FolderRecovery {
  readonly applied: number;
  readonly lost: number;
  readonly previous: boolean;
}

/** Changes that are kept in memory beside the journal. */
const mostRecent = 1000;

/** Longest project file that is read, bytes: documents of many thousands of edits have some 50 MB. */
const maxProjectBytes = 1 << 29;

const fileName = 'project.json';
const previousName = 'project.previous.json';

/** Whether a folder looks like a project. */
export function isProject(dir: string): boolean {
  return existsSync(join(dir, fileName)) || existsSync(join(dir, previousName));
}

/**
 * A project that this process has open. At any moment the folder holds the last save and the changes since then
 * whose `append` has returned; a process that is killed leaves that, or one more change.
 */
export class ProjectFolder implements Disposable {
  private readonly scope = new Scope();
  private disposed = false;
  /** The last changes with their numbers, for saves that do not know of them yet. */
  private recent: readonly (readonly [sequence: number, changes: readonly StepChange[]])[] = [];

  private constructor(
    readonly dir: string,
    private current: ProjectFile,
    private state: DocumentState,
    private sequence: number,
    /** `digestOf` the last change. */
    private latest: string | undefined,
    /** The file on the disk is of an older version, which would not understand this journal. */
    private older: boolean,
    private readonly journal: Journal,
    lock: Disposable,
  ) {
    this.scope.add(lock);
    this.scope.add(journal);
  }

  /** Makes a project in a folder that is new. Throws typed errors. */
  static create(dir: string, state: ProjectState): ProjectFolder {
    const { lock } = locked(dir, () => {
      makeFolder(dir);
      syncFolder(dirname(dir));
    });
    try {
      if (isProject(dir))
        throw new UnbraidError('output-exists', 'There is a project already', { file: dir });
      const file: ProjectFile = { project: 'unbraid', version: projectVersion, ...state, sequence: 0 };
      const journal = new Journal(join(dir, 'journal.ndjson'), 0);
      const folder = new ProjectFolder(dir, file, stateOf(file), 0, undefined, false, journal, lock);
      folder.write(file);
      return folder;
    } catch (error) {
      void lock.dispose();
      throw toUnbraidError(error, dir);
    }
  }

  /**
   * Opens a project, and replays its journal. Damaged ends of the journal and a damaged file are kept
   * aside. Throws `project-locked`, `unsupported-format` for one of a newer Unbraid, `project-damaged`.
   */
  static open(dir: string): { readonly folder: ProjectFolder; readonly recovery: FolderRecovery } {
    const { lock } = locked(dir, () => {
      if (!isProject(dir))
        throw new UnbraidError('file-not-found', 'There is no project here', {
          hint: 'Choose the folder that holds project.json.',
        });
    });
    try {
      const { file, older, previous } = readProject(dir);
      const path = join(dir, 'journal.ndjson');
      const bytes = readJournal(path);
      const replayed = replay(bytes, stateOf(file), file.sequence);
      const { state, sequence, applied, goodBytes, lostLines } = replayed;
      if (lostLines > 0) writeFileSync(aside(dir, 'journal.lost', 'ndjson'), bytes.subarray(goodBytes));
      const journal = new Journal(path, goodBytes);
      const latest = applied > 0 ? replayed.latest : file.latest;
      const folder = new ProjectFolder(dir, file, state, sequence, latest, older, journal, lock);
      return { folder, recovery: { applied, lost: lostLines, previous } };
    } catch (error) {
      void lock.dispose();
      throw toUnbraidError(error, dir);
    }
  }

  /** The last save, with the document and its history as the journal has left them. */
  get file(): ProjectFile {
    const { records, marks } = this.state;
    const document = {
      document: 'unbraid',
      version: documentVersion,
      records: [...records.values()],
    } as const;
    return { ...this.current, document, history: marks, sequence: this.sequence, latest: this.latest };
  }

  /** The document as `append` would leave it. Throws what that throws. */
  after(changes: readonly StepChange[]): DocumentState {
    this.checkOpen();
    try {
      return changed(this.state, changes);
    } catch (error) {
      // They come from a page: one that has fallen behind, or none of ours.
      if (toUnbraidError(error).code !== 'internal') throw error;
      throw new UnbraidError('invalid-argument', 'These changes do not fit the project', {
        hint: 'Open the project again.',
        cause: error,
      });
    }
  }

  /** Keeps changes; on the disk when this returns. Throws `invalid-argument` for one that does not fit, or typed errors. */
  append(changes: readonly StepChange[]): void {
    const next = this.after(changes);
    // An older Unbraid would take these lines for damaged ones, so it must find a file that it refuses.
    if (this.older) this.replace(this.file);
    this.journal.append(this.sequence + 1, changes);
    this.state = next;
    this.sequence++;
    this.latest = digestOf(changes);
    this.recent = [...this.recent.slice(-mostRecent), [this.sequence, changes]];
  }

  /** Whether these changes, which follow number `after`, are the last that was kept: their answer was lost. */
  has(changes: readonly StepChange[], after: number): boolean {
    return after === this.sequence - 1 && digestOf(changes) === this.latest;
  }

  /** The number of the last change that is kept. */
  get last(): number {
    return this.sequence;
  }

  /**
   * A state whose document knows the changes up to number `since`, with those that came later done on top. Throws
   * `project-open` when they are too many, or do not fit.
   */
  rebased(state: ProjectState, since: number): ProjectState {
    if (since >= this.sequence) return state;
    const later = this.recent.filter(([sequence]) => sequence > since);
    try {
      assert(later.at(0)?.[0] === since + 1, 'the later changes are all known');
      const { records, marks } = changed(
        stateOf(state),
        later.flatMap(([, changes]) => changes),
      );
      const document = { ...state.document, records: [...records.values()] };
      return { ...state, document, history: marks };
    } catch (cause) {
      throw new UnbraidError('project-open', 'The project was changed elsewhere meanwhile', {
        file: this.dir,
        hint: 'Open it again, or save this one as another project.',
        cause,
      });
    }
  }

  /** Forgets steps that cannot be undone: those that are not `usable` or do not fit, and what lies behind them. */
  forgetMarks(usable: (mark: Mark<StepName>) => boolean): void {
    const { records, marks } = this.state;
    this.state = { records, marks: fittingMarks(records, marks, usable) };
  }

  /** Replaces the saved state and empties the journal. Stems and masks it names must be there already. */
  save(state: ProjectState): void {
    this.checkOpen();
    const before = this.current;
    this.sweep([this.replace(state), before]);
  }

  /** Writes the state in place of the saved one and sweeps nothing: masks of a change to come may be there already. */
  private replace(state: ProjectState): ProjectFile {
    const file: ProjectFile = {
      ...{ project: 'unbraid', version: projectVersion },
      ...state,
      ...{ sequence: this.sequence, latest: this.latest },
    };
    this.write(file);
    this.current = file;
    this.state = stateOf(file);
    this.older = false;
    this.journal.clear();
    return file;
  }

  /** Saves what the journal holds, so that it can be closed with nothing to recover. */
  fold(): void {
    if (!this.disposed && this.sequence > this.current.sequence) this.save(this.file);
  }

  /** Closes it with an empty journal; where that fails, the journal has it all. */
  async close(): Promise<void> {
    try {
      this.fold();
    } catch {
      // Even if the disk is full, the lock is released.
    }
    await this.dispose();
  }

  dispose(): Promise<void> {
    this.disposed = true;
    return this.scope.dispose();
  }

  private checkOpen(): void {
    if (!this.disposed) return;
    throw new UnbraidError('project-locked', 'The project was opened elsewhere', {
      file: this.dir,
      hint: 'Continue there, or save this one as another project.',
    });
  }

  private write(file: ProjectFile): void {
    try {
      const path = join(this.dir, fileName);
      // The old file stays under its own name until the new one has taken it.
      if (existsSync(path)) writeAtomically(join(this.dir, previousName), textOf(path));
      writeAtomically(path, `${JSON.stringify(file, null, 1)}\n`);
    } catch (error) {
      throw toUnbraidError(error, this.dir);
    }
  }

  /** Deletes masks and stems that neither the state nor the one before it needs, undo and redo included. */
  private sweep(files: readonly ProjectFile[]): void {
    const drawn = maskFilesIn(this.dir);
    if (drawn) keepOnly(join(this.dir, 'blobs'), new Set([...files.flatMap(masksIn), ...drawn]));
    keepOnly(
      join(this.dir, 'stems'),
      new Set(
        files.flatMap(({ separation, earlier }) =>
          [...(separation ? [separation] : []), ...earlier].map(({ folder }) => folder),
        ),
      ),
    );
  }
}

function stateOf({ document, history }: Pick<ProjectFile, 'document' | 'history'>): DocumentState {
  return { records: new Map(document.records.map((record) => [record.id, record])), marks: history };
}

/** Runs what makes or checks a folder, then locks it. */
function locked(dir: string, before: () => void): { readonly lock: Disposable } {
  try {
    before();
    return { lock: lockFolder(dir) };
  } catch (error) {
    throw toUnbraidError(error, dir);
  }
}

/** A name in the folder that is free. */
function aside(dir: string, name: string, ending: string): string {
  for (let number = 1; ; number++) {
    const path = join(dir, `${name}-${number}.${ending}`);
    if (!existsSync(path)) return path;
  }
}

/** A project's file. A folder or a pipe in its place is damage like any other. Throws `project-damaged`. */
function textOf(path: string): string {
  try {
    return readSmallFile(path, maxProjectBytes).toString('utf8');
  } catch (error) {
    const { code, message } = toUnbraidError(error, path);
    if (code !== 'invalid-argument') throw error;
    throw new UnbraidError('project-damaged', message, {
      file: path,
      hint: 'The project cannot be read; its folder holds what is left.',
    });
  }
}

/** The project's file, or the one before it when that is damaged; the damaged one is kept aside. */
function readProject(dir: string): StoredProject & { readonly previous: boolean } {
  const [path, earlier] = [join(dir, fileName), join(dir, previousName)];
  try {
    if (existsSync(path)) return { ...parseProject(textOf(path)), previous: false };
  } catch (error) {
    if (!(error instanceof UnbraidError) || error.code !== 'project-damaged') throw error;
    if (!existsSync(earlier)) throw error.about(dir);
  }
  const stored = parseProject(textOf(earlier));
  if (existsSync(path)) renameSync(path, aside(dir, 'project.damaged', 'json'));
  writeAtomically(path, textOf(earlier));
  return { ...stored, previous: true };
}
