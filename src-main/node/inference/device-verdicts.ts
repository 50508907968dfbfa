import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { release, version } from 'node:os';
import { dirname, join } from 'node:path';
import { env as ortEnvironment } from 'onnxruntime-common';
import { z } from 'zod';
import { hashText } from '../files/content-hash.js';
import { writeAtomically } from '../files/atomic-file.js';
import type { Refusal } from './inference-api.js';
import { makeFolder } from '../files/make-folder.js';
import { extraProviders } from './provider-files.js';

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
  /** A device that gave the CPU's result on a probe; `faster`: and `auto` chose it. */
  good: z.array(z.object({ provider: z.string(), faster: z.boolean() })).default([]),
});
const fileSchema = z.object({ version: z.literal(1), verdicts: z.array(verdictSchema) });
type Verdict = z.output<typeof verdictSchema>;
type Found = Pick<Verdict, 'refused' | 'good'>;

/** What is tried again after a time: a driver may have been mended in ways that its version does not show. */
const keptMs = 30 * 24 * 3600 * 1000;
const mostKept = 200;

/**
 * Which devices are good for which model, and which are not used, and why: as found in this run of the program, and in
 * earlier runs with the same files, runtime and driver. What cannot be read is unknown; what cannot be written is tried
 * again.
 */
export class DeviceVerdicts {
  private readonly here = new Map<string, Found>();

  /** `file` keeps them between runs of the program. */
  constructor(
    private readonly file?: string,
    private readonly tools = environmentKey(),
    private readonly now = Date.now,
  ) {}

  /** What is not used, of every model that is known. */
  get all(): readonly ModelRefusal[] {
    const kept = new Map(this.kept().map((verdict) => [verdict.files, verdict]));
    return [...new Map<string, Found>([...kept, ...this.here]).values()].flatMap(({ refused }) => refused);
  }

  /** The device that an earlier probe has chosen for a model, `cpu` where all others were refused; null when unknown. */
  chosen(files: string): string | null {
    const found = this.find(files);
    if (!found) return null;
    return found.good.find(({ faster }) => faster)?.provider ?? (found.refused.length > 0 ? 'cpu' : null);
  }

  /** Whether a device gave the CPU's result on an earlier probe. */
  isGood(files: string, provider: string): boolean {
    return this.find(files)?.good.some((one) => one.provider === provider) ?? false;
  }

  /** Devices were refused, good or not before. With `lasting` it holds for later runs of the program too. */
  refuse(files: string, refused: readonly ModelRefusal[], lasting: boolean): void {
    const isGone = ({ provider }: { provider: string }): boolean =>
      refused.some((refusal) => refusal.provider === provider);
    const good = (this.find(files)?.good ?? []).filter((one) => !isGone(one));
    this.note(files, { refused: [...refused], good }, lasting);
  }

  /** A device was found good on a probe, after `auto` (then it is `faster`) had refused others. */
  accept(
    files: string,
    provider: string,
    faster: boolean,
    refused: readonly ModelRefusal[] = [],
    lasting = true,
  ): void {
    const before = this.find(files);
    const others = (before?.good ?? []).filter((one) => one.provider !== provider);
    const good = [...others, { provider, faster }];
    this.note(files, { refused: faster ? [...refused] : (before?.refused ?? []), good }, lasting);
  }

  private find(files: string): Found | undefined {
    return this.here.get(files) ?? this.kept().find((verdict) => verdict.files === files);
  }

  private note(files: string, found: Found, lasting: boolean): void {
    this.here.set(files, found);
    if (!lasting || this.file === undefined) return;
    const verdict = { files, with: this.tools, at: this.now(), ...found };
    const others = this.read().filter((one) => one.files !== files || one.with !== this.tools);
    const verdicts = [...others, verdict].slice(-mostKept);
    try {
      makeFolder(dirname(this.file));
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

/** The runtime's version, the providers installed beside it, and what is known of graphics cards and drivers without asking one. */
export function environmentKey(): string {
  const runtime = Object.entries(ortEnvironment.versions).map((entry) => entry.join(' '));
  const chosen = ['VK_DRIVER_FILES', 'VK_ICD_FILENAMES'].map((name) => process.env[name] ?? '');
  const extra = extraProviders() ?? [];
  return hashText([...runtime, version(), release(), ...linuxCards(), ...chosen, ...extra].join('\n')).slice(
    0,
    32,
  );
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
