import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runBin, startBin, testFolder } from '../cli/support/run.js';
import { song, writeWav } from '../cli/support/songs.js';

const dir = testFolder();
const cache = join(dir, 'cache');
const fast = ['-m', 'hpss', '--workers', '1'];

describe.runIf(process.platform === 'linux')('P18 what can be read for ever', () => {
  const pipe = join(dir, 'pipe.wav');
  const zero = join(dir, 'zero.wav');
  const music = join(dir, 'music');
  expect(spawnSync('mkfifo', [pipe]).status).toBe(0);
  symlinkSync('/dev/zero', zero);
  writeWav(join(music, 'good.wav'), song(1, 3000));
  spawnSync('mkfifo', [join(music, 'pipe.wav'), join(music, 'notes.txt')]);
  symlinkSync('/dev/zero', join(music, 'zero.wav'));
  mkdirSync(join(music, 'folder.wav'));

  it.each([pipe, zero, '/proc/kmsg', '/proc/self/status', '/dev/stdin', '/sys/kernel/uevent_seqnum'])(
    '%s is one error for each command',
    async (path) => {
      if (!existsSync(path)) return;
      const commands = [
        ['info', path],
        ['check', path],
        ['separate', path, '-o', join(dir, 'out'), ...fast],
        ['remix', path, '-o', join(dir, 'mix.wav'), ...fast],
      ];
      for (const args of commands) {
        const { code, err, out } = await runBin(args, { cache });
        expect([args[0], code === 0]).toEqual([args[0], false]);
        expect(`${err}${out}`).toMatch(/not a file|Permission denied|not audio/i);
      }
    },
  );

  it('in a folder is reported by check and by batch, in one line each; the songs beside it are done', async () => {
    const checked = await runBin(['check', music, '--json'], { cache });
    for (const name of ['pipe.wav', 'zero.wav']) expect(checked.out).toContain(join(music, name));
    expect(checked.out).not.toContain('notes.txt');
    const { code, err } = await runBin(['batch', music, '-o', join(dir, 'batch'), ...fast], { cache });
    const lines = err.split('\n').filter((line) => line.includes('error:'));
    expect([code, lines.length]).toEqual([1, 2]);
    for (const name of ['pipe.wav', 'zero.wav'])
      expect(lines.filter((line) => line.includes(`${name}: This is a device or a pipe`))).toHaveLength(1);
    expect(readdirSync(join(dir, 'batch'))).toContain('good');
  });

  it('a folder that cannot be made is one error for each command that writes', async () => {
    const good = join(music, 'good.wav');
    const away = '/proc/unbraid';
    const commands = [
      ['separate', good, '-o', away, ...fast],
      ['batch', music, '-o', away, ...fast],
      ['compare', good, '-o', away, '-m', 'hpss'],
      ['models', 'try', good, '-o', away, '-m', 'hpss'],
    ];
    for (const command of commands) {
      const { code, err } = await runBin(command, { cache });
      expect(code, command[0]).toBe(1);
      expect(err, command[0]).toContain(away);
    }
    const { code, err } = await runBin(['separate', good, '-o', join(dir, 'out'), ...fast], { cache: away });
    expect(code).toBe(1);
    expect(err).toContain(away);
  });
});

describe('P18 a command that is stopped', () => {
  const long = writeWav(join(dir, 'long.wav'), song(2, 40 * 44_100));
  it.each([
    ['info', ['info', long, '--loudness']],
    ['check', ['check', long, long, long]],
    ['batch', ['batch', dir, '--include', 'long.wav', '-o', join(dir, 'b'), '-m', 'classic-4']],
    ['separate', ['separate', long, '-o', join(dir, 's'), '-m', 'classic-4']],
    ['remix', ['remix', long, '-o', join(dir, 'm.wav'), '-m', 'classic-4']],
  ])('%s: its helpers and files are gone when it is', async (name, args) => {
    const own = join(dir, `cache-${name}`);
    const { child, done } = startBin([...args, '--json'], { cache: own });
    await expect.poll(() => existsSync(own) || child.exitCode !== null, { timeout: 30_000 }).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, 400));
    child.kill('SIGINT');
    const told = performance.now();
    await done;
    // Two seconds, and what a busy machine adds to them.
    expect(performance.now() - told).toBeLessThan(6000);
    expect(existsSync(own) ? readdirSync(own) : []).toEqual([]);
    for (const out of ['b', 's', 'm.wav']) {
      const path = join(dir, out);
      expect(existsSync(path) ? readdirSync(path).filter((entry) => entry.endsWith('.part')) : []).toEqual(
        [],
      );
    }
  });
});
