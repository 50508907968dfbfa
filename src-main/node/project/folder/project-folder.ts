import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../../common/base/errors.js';
import { Scope, type Disposable } from '../../../common/base/disposal.js';
import { documentVersion } from '../../../common/document/migrations.js';
import type { DocumentRecord } from '../../../common/document/records.js';
import type { DocumentDiff } from '../../../common/document/store.js';
import { syncFolder, writeAtomically } from '../../jobs/atomic-file.js';
import { parseProject, projectVersion, type ProjectFile } from './format.js';
import { Journal, changed, readJournal, replay } from './journal.js';
import { keepOnly } from './keep-files.js';
import { lockFolder } from './lock.js';

/** What a save says; the rest of the file is this class's own. */
export type ProjectState = Omit<ProjectFile, 'project' | 'version' | 'sequence'>;

export interface FolderRecovery {
  readonly applied: number;
  readonly lost: number;
  readonly previous: boolean;
}

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

  private constructor(
    readonly dir: string,
    private current: ProjectFile,
    private records: ReadonlyMap<string, DocumentRecord>,
    private sequence: number,
    private readonly journal: Journal,
    lock: Disposable,
  ) {
    this.scope.add(lock);
    this.scope.add(journal);
  }

  /** Makes a project in a folder that is new. Throws typed errors. */
  static create(dir: string, state: ProjectState): ProjectFolder {
    const { lock } = locked(dir, () => {
      mkdirSync(dir, { recursive: true });
      syncFolder(dirname(dir));
    });
    try {
      if (isProject(dir))
        throw new UnbraidError('output-exists', 'There is a project already', { file: dir });
      const file: ProjectFile = { project: 'unbraid', version: projectVersion, ...state, sequence: 0 };
      const journal = new Journal(join(dir, 'journal.ndjson'), 0);
      const folder = new ProjectFolder(dir, file, recordsOf(file), 0, journal, lock);
      folder.write(file);
      return folder;
    } catch (error) {
      void lock.dispose();
      throw toUnbraidError(error, dir);
    }
  }

  /**
   * Opens a project, and does again what its journal says. Damaged ends of the journal and a damaged file are kept
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
      const { file, previous } = readProject(dir);
      const path = join(dir, 'journal.ndjson');
      const bytes = readJournal(path);
      const { records, sequence, applied, goodBytes, lostLines } = replay(
        bytes,
        recordsOf(file),
        file.sequence,
      );
      if (lostLines > 0) writeFileSync(aside(dir, 'journal.lost', 'ndjson'), bytes.subarray(goodBytes));
      const folder = new ProjectFolder(dir, file, records, sequence, new Journal(path, goodBytes), lock);
      return { folder, recovery: { applied, lost: lostLines, previous } };
    } catch (error) {
      void lock.dispose();
      throw toUnbraidError(error, dir);
    }
  }

  /** The last save, with the document as the journal has left it. */
  get file(): ProjectFile {
    const records = [...this.records.values()];
    const document = { document: 'unbraid', version: documentVersion, records } as const;
    return { ...this.current, document, sequence: this.sequence };
  }

  /** Keeps a change; on the disk when this returns. Throws `internal` for one that does not fit, or typed errors. */
  append(diff: DocumentDiff): void {
    this.checkOpen();
    const next = changed(this.records, diff);
    this.journal.append(this.sequence + 1, diff);
    this.records = next;
    this.sequence++;
  }

  /** Replaces the saved state and empties the journal. Stems and masks it names must be there already. */
  save(state: ProjectState): void {
    this.checkOpen();
    const file: ProjectFile = {
      ...{ project: 'unbraid', version: projectVersion },
      ...state,
      sequence: this.sequence,
    };
    const before = this.current;
    this.write(file);
    this.current = file;
    this.records = recordsOf(file);
    this.journal.clear();
    this.sweep([file, before]);
  }

  /** Saves what the journal holds, so that it can be closed with nothing to recover. */
  fold(): void {
    if (!this.disposed && this.sequence > this.current.sequence) this.save(this.file);
  }

  dispose(): Promise<void> {
    this.disposed = true;
    return this.scope.dispose();
  }

  private checkOpen(): void {
    if (!this.disposed) return;
    throw new UnbraidError('project-locked', 'The project was opened elsewhere', {
      file: this.dir,
      hint: 'Go on there, or save this one as another project.',
    });
  }

  private write(file: ProjectFile): void {
    try {
      const path = join(this.dir, fileName);
      // The old file stays under its own name until the new one has taken it.
      if (existsSync(path)) writeAtomically(join(this.dir, previousName), readFileSync(path, 'utf8'));
      writeAtomically(path, `${JSON.stringify(file, null, 1)}\n`);
    } catch (error) {
      throw toUnbraidError(error, this.dir);
    }
  }

  /** Deletes masks and stems that neither the state nor the one before it needs. */
  private sweep(files: readonly ProjectFile[]): void {
    const records = files.flatMap(({ document }) => document.records);
    const masks = records.flatMap((record) => (record.type === 'edit' ? [record.mask] : []));
    keepOnly(join(this.dir, 'blobs'), new Set(masks));
    keepOnly(
      join(this.dir, 'stems'),
      new Set(files.flatMap(({ separation }) => (separation ? [separation.folder] : []))),
    );
  }
}

function recordsOf(file: ProjectFile): ReadonlyMap<string, DocumentRecord> {
  return new Map(file.document.records.map((record) => [record.id, record]));
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

/** The project's file, or the one before it when that is damaged; the damaged one is kept aside. */
function readProject(dir: string): { readonly file: ProjectFile; readonly previous: boolean } {
  const [path, earlier] = [join(dir, fileName), join(dir, previousName)];
  try {
    if (existsSync(path)) return { file: parseProject(readFileSync(path, 'utf8')), previous: false };
  } catch (error) {
    if (!(error instanceof UnbraidError) || error.code !== 'project-damaged') throw error;
    if (!existsSync(earlier)) throw error.about(dir);
  }
  const file = parseProject(readFileSync(earlier, 'utf8'));
  if (existsSync(path)) renameSync(path, aside(dir, 'project.damaged', 'json'));
  writeAtomically(path, readFileSync(earlier, 'utf8'));
  return { file, previous: true };
}
