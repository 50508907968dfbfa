import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { release, version } from 'node:os';
import { dirname, join } from 'node:path';
import { env as ortEnvironment } from 'onnxruntime-common';
import { z } from 'zod';
import { hashText } from '../files/content-hash.js';
import { writeAtomically } from '../files/atomic-file.js';
import type { Refusal } from './inference-api.js';

/** Why a model does not run on a device. */
export interface ModelRefusal extends Refusal {
  readonly model: string;
}

const verdictSchema = z.object({
  /** The separator and the hashes of its files. */
  files: z.string(),
  /** Driver and runtime that the device was tried with. */
  with: z.string(),
  at: z.number(),
  refused: z.array(z.object({ model: z.string(), provider: z.string(), why: z.string() })),
});
const fileSchema = z.object({ version: z.literal(1), verdicts: z.array(verdictSchema) });
type Verdict = z.output<typeof verdictSchema>;

/** What is tried again after a time: a driver may have been mended in ways that its version does not show. */
const keptMs = 30 * 24 * 3600 * 1000;
const mostKept = 200;

/**
 * Which devices are not used for which model, and why: those of this run of the program, and those of earlier runs with
 * the same files, runtime and driver. What cannot be read is unknown; what cannot be written is tried again.
 */
export class DeviceVerdicts {
  private readonly here = new Map<string, readonly ModelRefusal[]>();

  /** `file` keeps them between runs of the program. */
  constructor(
    private readonly file?: string,
    private readonly tools = environmentKey(),
    private readonly now = Date.now,
  ) {}

  /** Of every model that is known. */
  get all(): readonly ModelRefusal[] {
    const kept = new Map(this.kept().map(({ files, refused }) => [files, refused]));
    return [...new Map<string, readonly ModelRefusal[]>([...kept, ...this.here]).values()].flat();
  }

  has(files: string): boolean {
    return this.here.has(files) || this.kept().some((verdict) => verdict.files === files);
  }

  /** With `lasting` it holds for later runs of the program too. */
  note(files: string, refused: readonly ModelRefusal[], lasting: boolean): void {
    this.here.set(files, refused);
    if (!lasting || this.file === undefined) return;
    const verdict = { files, with: this.tools, at: this.now(), refused: [...refused] };
    const others = this.read().filter((one) => one.files !== files || one.with !== this.tools);
    const verdicts = [...others, verdict].slice(-mostKept);
    try {
      mkdirSync(dirname(this.file), { recursive: true });
      writeAtomically(this.file, `${JSON.stringify({ version: 1, verdicts }, null, 2)}\n`);
    } catch {
      // The device is tried again next time.
    }
  }

  private kept(): readonly Verdict[] {
    const since = this.now() - keptMs;
    return this.read().filter((one) => one.with === this.tools && one.at > since);
  }

  private read(): readonly Verdict[] {
    if (this.file === undefined || !existsSync(this.file)) return [];
    try {
      return fileSchema.parse(JSON.parse(readFileSync(this.file, 'utf8'))).verdicts;
    } catch {
      return [];
    }
  }
}

/** The runtime's version, and what is known of graphics cards and drivers without asking one. */
export function environmentKey(): string {
  const runtime = Object.entries(ortEnvironment.versions).map((entry) => entry.join(' '));
  const chosen = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES'].map((name) => process.env[name] ?? '');
  return hashText([...runtime, version(), release(), ...linuxCards(), ...chosen].join('\n')).slice(0, 32);
}

/** Vendor and device of each card, and the version of a driver that says so. */
function linuxCards(): string[] {
  if (process.platform !== 'linux') return [];
  const text = (path: string): string => {
    try {
      return readFileSync(path, 'latin1').slice(0, 500).trim();
    } catch {
      return '';
    }
  };
  const drm = '/sys/class/drm';
  const cards = (existsSync(drm) ? readdirSync(drm) : []).filter((name) => /^card\d+$/.test(name)).sort();
  return [
    ...cards.map((card) =>
      ['vendor', 'device'].map((fact) => text(join(drm, card, 'device', fact))).join(':'),
    ),
    text('/proc/driver/nvidia/version'),
    text('/sys/module/amdgpu/version'),
  ];
}
