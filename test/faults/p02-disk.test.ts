import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { InProcess, runBin, testFolder } from '../cli/support/run.js';
import { hashes, song, writeWav } from '../cli/support/songs.js';

const dir = testFolder();
const cache = join(dir, 'cache');
const cli = new InProcess(cache);
const fast = ['-m', 'hpss', '--workers', '1'];
const bin = fileURLToPath(new URL('../../out/hosts/cli/main.js', import.meta.url));

/** A small separate disk, where this machine lets us mount one. */
function mountSmallDisk(size: string): string | undefined {
  const point = mkdtempSync(join(tmpdir(), 'unbraid-small-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size}`, 'none', point]).status === 0;
  afterAll(() => {
    if (mounted) spawnSync('umount', [point]);
    spawnSync('rmdir', [point]);
  });
  return mounted ? point : undefined;
}

const small = mountSmallDisk('300k');
const smallCache = mountSmallDisk('300k');
const nobody = ['--reuid', '65534', '--regid', '65534', '--clear-groups'];
const canBeNobody = spawnSync('setpriv', [...nobody, process.execPath, bin, '--version']).status === 0;

describe('P2 an output folder that cannot be written', () => {
  const path = writeWav(join(dir, 'song.wav'), song(2, 4410));

  it('because a file stands in its place: one error', async () => {
    writeFileSync(join(dir, 'file'), 'mine');
    const { code, err } = await cli.run(['separate', path, '-o', join(dir, 'file'), ...fast]);
    expect(code).toBe(2);
    expect(err).toBe(
      `unbraid: ${join(dir, 'file')}: A file stands where a folder should be. Choose another path.\n`,
    );
  });

  it('because a file stands where a song’s folder goes: one error, nothing left', async () => {
    const out = join(dir, 'blocked');
    mkdirSync(out);
    writeFileSync(join(out, 'song'), 'mine');
    const { code, err } = await cli.run(['separate', path, '-o', out, ...fast]);
    expect(code).toBe(1);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(err).toContain('A file stands where a folder should be');
    expect(readdirSync(out)).toEqual(['song']);
  });

  // Needs setpriv and a source tree that others may read: permissions do not bind root.
  it.runIf(canBeNobody)('because it is read-only: one error that says so', () => {
    const out = join(dir, 'read-only');
    mkdirSync(out);
    chmodSync(out, 0o555);
    chmodSync(dir, 0o755);
    const open = mkdtempSync(join(dir, 'open-'));
    chmodSync(open, 0o777);
    const args = [...nobody, process.execPath, bin, 'separate', path, '-o', out, ...fast];
    const { status, stderr } = spawnSync('setpriv', args, {
      encoding: 'utf8',
      env: { ...process.env, UNBRAID_CACHE: open },
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^unbraid: .*read-only.*: Permission denied\. Check the permissions/);
    expect(readdirSync(open)).toEqual([]);
  });
});

describe('P2 a full disk', () => {
  // Needs the right to mount a small tmpfs.
  it.runIf(small !== undefined)(
    'under the outputs ends the batch with one error; what was done stays',
    async () => {
      const music = join(dir, 'music');
      writeWav(join(music, '1.wav'), song(2, 4410));
      writeWav(join(music, '2.wav'), song(2, 88200));
      writeWav(join(music, '3.wav'), song(2, 4410, 44100, 3));
      const before = hashes(music);
      const report = join(dir, 'full.json');
      const { code, err, out } = await cli.run(['batch', music, '-o', small!, ...fast, '--report', report]);
      expect(code).toBe(1);
      expect(err.match(/error:/g)).toHaveLength(1);
      expect(err).toContain(`${join(music, '2.wav')}: The disk is full. Free some space`);
      expect(out).toContain('1 done, 0 skipped, 1 failed, 1 cancelled');
      expect(Object.keys(hashes(small!))).toEqual([
        '1/1 [harmonic].wav',
        '1/1 [percussive].wav',
        '1/1.unbraid.json',
      ]);
      expect(readdirSync(join(small!, '.unbraid')).filter((name) => !name.endsWith('.json'))).toEqual([]);
      expect(readdirSync(cache)).toEqual([]);
      expect(hashes(music)).toEqual(before);
    },
  );

  it.runIf(smallCache !== undefined)('under the caches is reported as such, and leaves nothing', async () => {
    const path = writeWav(join(dir, 'long.wav'), song(2, 88200));
    const { code, err } = await runBin(['separate', path, '-o', join(dir, 'cache-full'), ...fast], {
      cache: smallCache!,
    });
    expect(code).toBe(1);
    expect(err).toMatch(/The disk .*full/);
    expect(readdirSync(smallCache!)).toEqual([]);
    expect(existsSync(join(dir, 'cache-full', '.unbraid'))).toBe(false);
  });
});
