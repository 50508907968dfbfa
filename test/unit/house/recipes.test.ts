import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { check } from 'prettier';
import { afterAll, describe, expect, it } from 'vitest';
import { runCli } from '../../../src-main/hosts/cli/program.js';

const path = (name: string): string => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
const text = (name: string): string => readFileSync(path(name), 'utf8');

/** The options of a command, from its own help. */
async function optionsOf(command: string): Promise<Set<string>> {
  let help = '';
  const out = (part: string): void => void (help += part);
  const terminal = { out, err: out, live: false, columns: 80 };
  await runCli([command, '--help'], {} as never, terminal, new AbortController().signal);
  return new Set(help.match(/(?<![\w-])--[a-z][a-z-]*/g));
}

/** Every use of a command in a text, with its options; lines that end in a backslash go on. */
function uses(of: string): { readonly command: string; readonly options: readonly string[] }[] {
  const lines = of
    .replace(/\\\n\s*/g, ' ')
    .replace(/\n\s+(--)/g, ' $1')
    .split('\n');
  return lines.flatMap((line) => {
    const found = /(?:unbraid|main\.js"?,?) "?(batch|worker)\b(.*)$/.exec(line.replace(/#.*$/, ''));
    if (!found) return [];
    return [{ command: found[1], options: found[2].match(/(?<![\w-])--[a-z][a-z-]*/g) ?? [] }];
  });
}

const recipes = ['deploy/unbraid.sbatch', 'deploy/job.yaml', 'docs/many-machines.md'];

it.each(recipes)('%s uses options that exist', async (name) => {
  const found = uses(text(name));
  expect(found.length).toBeGreaterThan(0);
  for (const { command, options } of found) {
    const known = await optionsOf(command);
    expect(options.filter((option) => !known.has(option))).toEqual([]);
  }
});

it('the Slurm recipe is a shell script, and takes as many parts as its array has tasks', () => {
  const { status, stderr } = spawnSync('bash', ['-n', path('deploy/unbraid.sbatch')], { encoding: 'utf8' });
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(text('deploy/unbraid.sbatch')).toMatch(/^#SBATCH --array=1-\d+$/m);
});

describe('the parts of a Slurm array', () => {
  const dir = mkdtempSync(join(tmpdir(), 'unbraid-slurm-test-'));
  afterAll(() => rmSync(dir, { recursive: true, force: true }));
  writeFileSync(join(dir, 'unbraid'), '#!/bin/sh\necho "$@"\n', { mode: 0o755 });

  /** What a task of an array runs: the part, or its exit code. */
  function task(
    id: number,
    [min, step, count]: readonly number[],
    ...more: string[]
  ): string | number | null {
    const { status, stdout } = spawnSync(
      'bash',
      [path('deploy/unbraid.sbatch'), '/songs', '/stems', ...more],
      {
        encoding: 'utf8',
        env: {
          PATH: `${dir}:${process.env['PATH']}`,
          SLURM_ARRAY_TASK_ID: String(id),
          SLURM_ARRAY_TASK_MIN: String(min),
          SLURM_ARRAY_TASK_STEP: String(step),
          SLURM_ARRAY_TASK_COUNT: String(count),
        },
      },
    );
    return status === 0 ? (/--shard (\S+)/.exec(stdout)?.[1] ?? '') : status;
  }

  it('are all parts, whatever number the array begins with', () => {
    expect([1, 2, 3].map((id) => task(id, [1, 1, 3]))).toEqual(['1/3', '2/3', '3/3']);
    expect([0, 1].map((id) => task(id, [0, 1, 2]))).toEqual(['1/2', '2/2']);
    expect([5, 8, 11].map((id) => task(id, [5, 3, 3]))).toEqual(['1/3', '2/3', '3/3']);
  });

  it('of one task are the whole folder, or the part that is named', () => {
    expect(task(7, [7, 1, 1])).toBe('1/1');
    expect(task(7, [7, 1, 1], '10')).toBe('7/10');
    expect(task(11, [11, 1, 1], '10')).toBe(2);
  });

  it('of a list with gaps are refused, not skipped', () => {
    expect([3, 9].map((id) => task(id, [3, 1, 2]))).toEqual(['1/2', 2]);
    expect(task(9, [3, 1, 2], '10')).toBe('9/10');
  });
});

it('the Job is YAML that divides by as many parts as it has pods', async () => {
  const yaml = text('deploy/job.yaml');
  expect(await check(yaml, { parser: 'yaml', printWidth: 110, singleQuote: true })).toBe(true);
  const completions = /completions: (\d+)/.exec(yaml)?.[1];
  expect(yaml).toContain(`--shard "$((JOB_COMPLETION_INDEX + 1))/${completions}"`);
});

it('the image installs the package of this version', () => {
  const { version } = JSON.parse(text('package.json')) as { version: string };
  const file = text('deploy/Containerfile');
  expect(file).toContain(`ARG VERSION=${version}\n`);
  const known = /^(FROM|ARG|WORKDIR|COPY|RUN|ENV|USER|ENTRYPOINT|CMD|#|\s*$)/;
  expect(file.split('\n').filter((line) => !known.test(line))).toEqual([]);
  expect(file).toMatch(/^USER node$/m);
});

it('the codec’s binaries are of the version of its library', () => {
  const about = JSON.parse(text('package.json')) as Record<string, Record<string, string>>;
  const version = about['devDependencies']['node-av'];
  expect(version).toMatch(/^\d+\.\d+\.\d+$/);
  const binaries = Object.entries(about['optionalDependencies']).filter(([name]) =>
    name.startsWith('@seydx/node-av-'),
  );
  expect(binaries.length).toBeGreaterThan(4);
  expect(binaries.filter(([, wanted]) => wanted !== version)).toEqual([]);
  expect(about['dependencies']['onnxruntime-common']).toBe(about['devDependencies']['onnxruntime-node']);
});
