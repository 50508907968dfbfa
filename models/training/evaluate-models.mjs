/**
 * Scores what the app makes of the validation sets: `npm run models:evaluate -- SETS WORK [MODEL …] [--quick]`.
 * SETS is the folder that `python3 -m unbraid_training prepare-validation` made, WORK a folder for mixtures and stems
 * (about 1 GB a model). The app must be built. `UNBRAID_PYTHON` names the Python to use.
 */
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const training = dirname(fileURLToPath(import.meta.url));
const cli = join(training, '../../out/hosts/cli/main.js');
const python = process.env.UNBRAID_PYTHON ?? 'python3';
const flags = process.argv.slice(2).filter((word) => word.startsWith('--'));
const [sets, work, ...models] = process.argv.slice(2).filter((word) => !word.startsWith('--'));

function run(command, words, cwd) {
  const done = spawnSync(command, words, { cwd, stdio: ['ignore', 'inherit', 'inherit'] });
  if (done.error) throw done.error;
  if (done.status !== 0) process.exit(done.status ?? 1);
}

function separate(files, out, model) {
  const format = ['--format', 'flac', '--depth', '16', '--template', '{name}/{stem}.{ext}', '--overwrite'];
  run(process.execPath, [cli, 'separate', ...files, '-o', out, ...format, '-m', model, '--device', 'cpu']);
}

if (!sets || !work) {
  console.error('npm run models:evaluate -- SETS WORK [MODEL …] [--quick]');
  process.exit(2);
}
const mixtures = resolve(work, flags.includes('--quick') ? 'quick' : 'mixtures');
const commands = ['-m', 'unbraid_training'];
run(python, [...commands, 'write-mixtures', resolve(sets), mixtures, ...flags], training);
const files = readdirSync(mixtures)
  .filter((name) => name.endsWith('.wav'))
  .map((name) => join(mixtures, name));
for (const model of models.length ? models : ['unbraid-blend']) {
  const out = resolve(work, model);
  separate(files, out, model);
  console.log(`\n${model}`);
  const json = join(resolve(work), `${model}.json`);
  run(
    python,
    [...commands, 'validate', resolve(sets), '--estimates', out, '--json', json, ...flags],
    training,
  );
}
