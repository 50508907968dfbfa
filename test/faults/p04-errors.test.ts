import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import type { BatchReport } from '../../src-main/common/contract/commands.js';
import { testFolder } from '../cli/support/run.js';
import { song, writeWav } from '../cli/support/songs.js';

const dir = testFolder();
const bin = fileURLToPath(new URL('../../out/hosts/cli/main.js', import.meta.url));
const nobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];
const canBeNobody = spawnSync('setpriv', [...nobody, process.execPath, bin, '--version']).status === 0;

// Permissions do not bind root: this needs setpriv and a source tree that others may read.
it.runIf(canBeNobody)(
  'P4 a folder that cannot be read costs one line that names it; the other songs are made',
  () => {
    chmodSync(dir, 0o755);
    const music = join(dir, 'music');
    writeWav(join(music, 'good', 'one.wav'), song(1, 4410));
    writeWav(join(music, 'last.wav'), song(1, 4410, 44100, 2));
    mkdirSync(join(music, 'locked'));
    writeFileSync(join(music, 'locked', 'two.wav'), '');
    chmodSync(join(music, 'locked'), 0o000);
    const open = mkdtempSync(join(dir, 'open-'));
    chmodSync(open, 0o777);
    const report = join(open, 'report.json');
    const args = [
      'batch',
      music,
      '-o',
      join(open, 'out'),
      '-m',
      'hpss',
      '--workers',
      '1',
      '--report',
      report,
    ];
    const { status, stderr } = spawnSync('setpriv', [...nobody, process.execPath, bin, ...args], {
      encoding: 'utf8',
      env: { ...process.env, UNBRAID_CACHE: open, UNBRAID_STATE: join(open, 'state') },
    });
    chmodSync(join(music, 'locked'), 0o755);
    expect([status, stderr.match(/error:/g)?.length]).toEqual([1, 1]);
    const { items, summary } = JSON.parse(readFileSync(report, 'utf8')) as BatchReport;
    expect(summary).toMatchObject({ done: 2, failed: 1, cancelled: 0 });
    expect(items.find(({ state }) => state.state === 'failed')).toMatchObject({
      source: join(music, 'locked'),
      state: { error: { code: 'permission-denied', file: join(music, 'locked') } },
    });
  },
);
