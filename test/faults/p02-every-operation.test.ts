import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { testFolder } from '../cli/support/run.js';
import { hashes, song, writeWav } from '../cli/support/songs.js';
import { tryAll } from './support/scale.js';

const dir = testFolder();
const bin = fileURLToPath(new URL('../../out/hosts/cli/main.js', import.meta.url));
const failAt = new URL('./support/fail-at.mjs', import.meta.url).href;
const music = join(dir, 'music');

interface Ran {
  readonly code: number | null;
  readonly err: string;
  readonly out: string;
  readonly cache: string;
}

/** A batch of two songs whose n-th file operation in one kind of process fails. */
async function run(name: string, fail: string): Promise<Ran> {
  const [out, cache] = [join(dir, name), join(dir, `${name}-cache`)];
  mkdirSync(cache, { recursive: true });
  const args = ['--import', failAt, bin, 'batch', music, '-o', out, '-m', 'hpss', '--workers', '1'];
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      NODE_OPTIONS: `--import ${failAt}`,
      UNBRAID_CACHE: cache,
      UNBRAID_STATE: join(dir, 'state'),
      UNBRAID_FAIL: fail,
    },
  });
  let err = '';
  child.stderr.on('data', (data: Buffer) => (err += data.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, err, out, cache };
}

const stems = (out: string): Record<string, string> =>
  Object.fromEntries(Object.entries(hashes(out)).filter(([path]) => path.endsWith('.wav')));

describe('P2 the n-th file operation of a batch fails', () => {
  let clean: Record<string, string>;
  let before: Record<string, string>;
  beforeAll(async () => {
    writeWav(join(music, '1.wav'), song(1, 3000));
    writeWav(join(music, '2.wav'), song(1, 3000, 44_100, 2));
    before = hashes(music);
    clean = stems((await run('clean', 'none|0|none|none|')).out);
    expect(Object.keys(clean)).toHaveLength(4);
  });

  it.each(['hosts/cli/main', 'inference-process', 'codec-process'])(
    'in %s: one clear error, nothing half done, nothing lost',
    async (entry) => {
      const counted = join(dir, `${entry.replaceAll('/', '-')}.count`);
      await run(`count-${entry.replaceAll('/', '-')}`, `none|0|${entry}|${dir}|${counted}`);
      const total = Math.max(
        ...(existsSync(counted) ? readFileSync(counted, 'utf8').trim().split('\n') : ['24']).map(Number),
      );
      expect(total).toBeGreaterThan(3);
      const codes = ['ENOSPC', 'EIO', 'EACCES'];
      // All of them, or some that are spread over the whole run.
      const step = tryAll ? 1 : Math.ceil(total / 5);
      let failed = 0;
      for (let n = 1; n <= total; n += step) {
        for (const code of tryAll ? codes : [codes[n % 3]]) {
          const name = `${entry.replaceAll('/', '-')}-${n}-${codes.indexOf(code)}`;
          const ran = await run(name, `${code}|${n}|${entry}|${dir}|`);
          const made = stems(ran.out);
          // Whole files only, each song's as a set.
          expect([name, clean]).toMatchObject([name, made]);
          for (const folder of ['1', '2'])
            expect([0, 2]).toContain(Object.keys(made).filter((path) => path.startsWith(folder)).length);
          if (ran.code === 0) expect([name, made]).toEqual([name, clean]);
          else {
            failed++;
            expect([name, ran.code, ran.err]).toEqual([
              name,
              expect.any(Number),
              expect.stringMatching(/disk|error|ermission/),
            ]);
            expect([name, ran.err]).not.toEqual([
              name,
              expect.stringMatching(/\bat \w+.*\.js:\d+|ENOSPC|EIO|EACCES|\[object/),
            ]);
          }
          expect([name, readdirSync(ran.cache)]).toEqual([name, []]);
        }
      }
      expect(failed).toBeGreaterThan(0);
      expect(hashes(music)).toEqual(before);
    },
  );
});
