import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll } from 'vitest';
import type { EngineClient } from '../../../src-main/common/contract/client.js';
import { runCli } from '../../../src-main/hosts/cli/program.js';
import type { Terminal } from '../../../src-main/hosts/cli/terminal.js';
import { EngineApi } from '../../../src-main/node/api/engine-api.js';

const bin = fileURLToPath(new URL('../../../out/hosts/cli/main.js', import.meta.url));

export interface Outcome {
  readonly code: number | null;
  readonly signal?: NodeJS.Signals | null;
  readonly out: string;
  readonly err: string;
}

/** A folder for one test file, removed when it is done. */
export function testFolder(): string {
  const dir = mkdtempSync(join(tmpdir(), 'unbraid-test-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  return dir;
}

/** The built command in a separate process; caches go to `cache`. */
export function startBin(
  args: readonly string[],
  options: {
    readonly cache: string;
    readonly cwd?: string;
    readonly detached?: boolean;
    readonly env?: Readonly<Record<string, string>>;
  },
): { readonly child: ChildProcess; readonly done: Promise<Outcome> } {
  const child = spawn(process.execPath, [bin, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, UNBRAID_CACHE: options.cache, ...options.env },
    ...(options.cwd !== undefined && { cwd: options.cwd }),
    detached: options.detached ?? false,
  });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const done = new Promise<Outcome>((resolve) => {
    child.once('close', (code, signal) => resolve({ code, signal, out, err }));
  });
  return { child, done };
}

export function runBin(
  args: readonly string[],
  options: { readonly cache: string; readonly cwd?: string },
): Promise<Outcome> {
  return startBin(args, options).done;
}

/** The command line inside this process, with its own engine and cache folder. */
export class InProcess {
  readonly api: EngineApi;
  readonly client: EngineClient;

  constructor(readonly cache: string) {
    this.api = new EngineApi({ cacheDir: cache });
    this.client = this.api.client();
    afterAll(() => this.api.dispose());
  }

  async run(
    args: readonly string[],
    signal = new AbortController().signal,
    seen: Partial<Terminal> = {},
  ): Promise<Outcome> {
    let out = '';
    let err = '';
    const terminal: Terminal = {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      live: false,
      columns: 80,
      ...seen,
    };
    const code = await runCli(args, this.client, terminal, signal);
    return { code, out, err };
  }
}

/** The objects of a `--json` run; throws where a line is not one object. */
export function jsonLines(text: string): Record<string, unknown>[] {
  expectTrailingNewline(text);
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => {
      const value: unknown = JSON.parse(line);
      if (typeof value !== 'object' || value === null || Array.isArray(value))
        throw new Error(`No object: ${line}`);
      return value as Record<string, unknown>;
    });
}

function expectTrailingNewline(text: string): void {
  if (text !== '' && !text.endsWith('\n')) throw new Error('The last line does not end');
}
