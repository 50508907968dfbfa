import { existsSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface RecordedFile {
  /** Relative to the output folder. */
  readonly path: string;
  readonly bytes: number;
  /** When it was written, ms; says whether it was changed since. */
  readonly mtimeMs: number;
  /** It only describes the others: the result is there without it. */
  readonly sidecar?: boolean | undefined;
}

/** What was made of one source with one set of settings; the key is in the file's name. */
export interface OutputRecord {
  readonly version: 1;
  readonly source: { readonly name: string; readonly sha256: string; readonly bytes: number };
  readonly outputs: readonly RecordedFile[];
  /** The result as reported, for reports of later runs. */
  readonly result: unknown;
}

/** The records of an output folder: which file was made of which source. A file belongs to its last record. */
export class OutputRecords {
  /** Keys of the records that name a file, by its path; read once, because a folder may hold thousands. */
  private owners: Map<string, string> | undefined;

  constructor(
    private readonly root: string,
    private readonly state: string,
  ) {}

  fileOf(key: string): string {
    return join(this.state, `${key}.json`);
  }

  /** The record under this key, if everything it names is still there in full. */
  find(key: string): OutputRecord | undefined {
    const record = this.read(key);
    const whole = record?.outputs.every(
      ({ path, bytes, sidecar }) =>
        sidecar || statSync(join(this.root, path), { throwIfNoEntry: false })?.size === bytes,
    );
    return whole ? record : undefined;
  }

  /** Every file that a record names (but for sidecars), relative to the folder. */
  paths(): string[] {
    return [...this.index().keys()];
  }

  /** Whether a file was made from this source and has not been changed since. */
  madeFrom(path: string, source: string): boolean {
    const key = this.index().get(path);
    const record = key === undefined ? undefined : this.read(key);
    const made = record?.outputs.find((output) => output.path === path);
    const now = statSync(join(this.root, path), { throwIfNoEntry: false });
    return record?.source.name === source && made?.bytes === now?.size && made?.mtimeMs === now?.mtimeMs;
  }

  /** Notes a new record, and deletes older ones about the same files: they are out of date. */
  supersede(key: string, record: OutputRecord): void {
    const index = this.index();
    for (const { path, sidecar } of record.outputs) {
      if (sidecar) continue;
      const older = index.get(path);
      if (older !== undefined && older !== key) rmSync(this.fileOf(older), { force: true });
      index.set(path, key);
    }
  }

  private index(): Map<string, string> {
    if (this.owners) return this.owners;
    this.owners = new Map();
    if (!existsSync(this.state)) return this.owners;
    for (const name of readdirSync(this.state)) {
      if (!/^[0-9a-f]{64}\.json$/.test(name)) continue;
      const key = name.slice(0, 64);
      for (const { path, sidecar } of this.read(key)?.outputs ?? []) if (!sidecar) this.owners.set(path, key);
    }
    return this.owners;
  }

  /** Undefined for what is missing, cut or of another version. */
  private read(key: string): OutputRecord | undefined {
    try {
      const record = JSON.parse(readFileSync(this.fileOf(key), 'utf8')) as OutputRecord;
      return record.version === 1 && Array.isArray(record.outputs) ? record : undefined;
    } catch {
      return undefined;
    }
  }
}
