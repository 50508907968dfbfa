// Runs the browser specs if Chromium is installed; otherwise says in one line that they were not run.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { findElectron } from '../../out/hosts/cli/electron-program.js';

const chromium = process.env.CHROMIUM ?? '/usr/bin/chromium';
const electron = findElectron();
if (!existsSync(chromium) && !electron.path) {
  console.log(
    `No Chromium at ${chromium}: the browser specs were not run. Set CHROMIUM to its path to run them.`,
  );
  process.exit(0);
}
if (!electron.path) console.log(`No desktop window (${electron.reason}): the specs run in the browser only.`);
const require = createRequire(import.meta.url);
const cli = join(dirname(require.resolve('@playwright/test/package.json')), 'cli.js');
const { status } = spawnSync(process.execPath, [cli, 'test', ...process.argv.slice(2)], {
  stdio: 'inherit',
  env: { ...process.env, CHROMIUM: chromium, ELECTRON_PROGRAM: electron.path ?? '' },
});
process.exit(status ?? 1);
