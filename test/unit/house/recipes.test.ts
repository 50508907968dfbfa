import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { check } from 'prettier';
import { expect, it } from 'vitest';
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
