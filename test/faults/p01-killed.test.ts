import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { runBin, startBin, testFolder } from '../cli/support/run.js';
import { hashes, song, writeWav } from '../cli/support/songs.js';
import { noise } from '../fixtures/signals.js';
import { faultSeed, scaled } from './support/scale.js';

const dir = testFolder();
const cache = join(dir, 'cache');
const fast = ['-m', 'hpss', '--workers', '1', '--json'];
const entries = (path: string): string[] => (existsSync(path) ? readdirSync(path) : []);

/** Files by path without the report, which contains times. */
function stemsIn(folder: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(hashes(folder)).filter(([path]) => path !== 'unbraid-report.json'),
  );
}

describe('P1 a batch killed with SIGKILL at any moment', () => {
  const music = join(dir, 'music');
  let clean: Record<string, string>;
  let sources: Record<string, string>;
  /** Events of a whole run: moments are counted in them, because time differs from machine to machine. */
  let events = 0;

  beforeAll(async () => {
    for (let i = 1; i <= 3; i++) writeWav(join(music, `${i}.wav`), song(2, 22050, 44100, i));
    sources = hashes(music);
    const { out } = await runBin(['batch', music, '-o', join(dir, 'clean'), ...fast], { cache });
    events = out.split('\n').length;
    clean = stemsIn(join(dir, 'clean'));
  });

  /** Runs the batch, and kills it so many events and milliseconds after its start. */
  async function killAfter(out: string, count: number, delay: number): Promise<boolean> {
    const { child, done } = startBin(['batch', music, '-o', out, ...fast], { cache });
    let seen = 0;
    child.stdout!.on('data', (chunk: string) => {
      const before = seen;
      seen += chunk.split('\n').length - 1;
      if (before < count && seen >= count) setTimeout(() => child.kill('SIGKILL'), delay);
    });
    return (await done).signal === 'SIGKILL';
  }

  it.each(Array.from({ length: scaled(2, 13) }, (_, i) => i + 1))(
    'shows no partial file, and is finished by running again: round %i',
    async (round) => {
      const out = join(dir, `killed-${round}`);
      const chance = noise(8, faultSeed + round).map((x) => (1 + x) / 2);
      let killed = 0;
      for (let k = 0; k < 4; k++) {
        const left = 1 - Object.keys(stemsIn(out)).length / Object.keys(clean).length;
        const count = 1 + Math.floor(chance[2 * k] * left * (events - 3));
        if (await killAfter(out, count, 60 * chance[2 * k + 1])) killed++;
        // Bytes equal to the clean run's say that the file is complete.
        expect(clean).toMatchObject(stemsIn(out));
      }
      expect(killed).toBeGreaterThanOrEqual(2);
      const { code } = await runBin(['batch', music, '-o', out, ...fast], { cache });
      expect(code).toBe(0);
      expect(stemsIn(out)).toEqual(clean);
      expect(entries(out).filter((name) => name.endsWith('.part'))).toEqual([]);
      expect(entries(join(out, '.unbraid')).filter((name) => !/^[0-9a-f]{64}\.json$/.test(name))).toEqual([]);
      expect(entries(cache)).toEqual([]);
      expect(hashes(music)).toEqual(sources);
    },
  );

  it('leaves no process behind', async () => {
    const { child, done } = startBin(['batch', music, '-o', join(dir, 'orphans'), ...fast], { cache });
    let helpers: number[] = [];
    child.stdout!.on('data', (chunk: string) => {
      if (helpers.length > 0 || !chunk.includes('"phase":"write"')) return;
      helpers = childrenOf(child.pid!);
      child.kill('SIGKILL');
    });
    await done;
    expect(helpers.length).toBeGreaterThanOrEqual(3);
    await expect.poll(() => helpers.filter(isRunning), { timeout: 5000 }).toEqual([]);
  });
});

/** Direct children of a process, by Linux's process table. */
function childrenOf(pid: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((child) => statOf(child)?.parent === pid);
}

function isRunning(pid: number): boolean {
  return !['Z', undefined].includes(statOf(pid)?.state);
}

function statOf(pid: number): { state: string; parent: number } | undefined {
  try {
    const [state, parent] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)!.split(' ');
    return { state, parent: Number(parent) };
  } catch {
    return undefined;
  }
}
