import {
  closeSync,
  existsSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readdirSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { startBin, testFolder } from '../cli/support/run.js';
import { wavBytes } from '../fixtures/audio/wav-bytes.js';
import { scaled } from './support/scale.js';

const dir = testFolder();

/** A mono WAV of so many seconds with a click in each minute; a hole on the disk otherwise. */
function clicks(name: string, seconds: number): string {
  const path = join(dir, name);
  const bytes = 2 * 44_100 * seconds;
  const head = wavBytes({
    ...{ format: 1 as const, bits: 16, channels: 1, rate: 44_100, data: Buffer.alloc(0) },
    claimedBytes: bytes,
  });
  head.writeUInt32LE(bytes + head.length - 8, 4);
  const fd = openSync(path, 'w');
  writeSync(fd, head);
  ftruncateSync(fd, head.length + bytes);
  for (let minute = 0; minute < seconds / 60; minute++)
    writeSync(fd, Buffer.from([0, 64]), 0, 2, head.length + 2 * 44_100 * (60 * minute + 10));
  closeSync(fd);
  return path;
}

/** The peaks of resident memory of a command and of all its helpers together, bytes. */
async function peakOf(path: string): Promise<number> {
  const args = ['separate', path, '-o', `${path}-out`, '-m', 'hpss', '--workers', '1', '--json'];
  const { child, done } = startBin(args, { cache: join(dir, 'cache') });
  const peaks = new Map<number, number>();
  const look = setInterval(() => {
    const pids = readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
    for (const pid of pids) {
      try {
        const status = readFileSync(`/proc/${pid}/status`, 'utf8');
        if (pid !== child.pid && Number(/PPid:\s*(\d+)/.exec(status)![1]) !== child.pid) continue;
        // A process that is ending has no such line any more.
        const peak = 1024 * Number(/VmHWM:\s*(\d+)/.exec(status)?.[1] ?? 0);
        peaks.set(pid, Math.max(peak, peaks.get(pid) ?? 0));
      } catch {
        // It has ended meanwhile.
      }
    }
  }, 100);
  const { code } = await done;
  clearInterval(look);
  expect(code).toBe(0);
  return [...peaks.values()].reduce((sum, peak) => sum + peak, 0);
}

describe.runIf(existsSync('/proc/self/status'))('P15 a long song', () => {
  const [short, long] = [scaled(60, 600), scaled(900, 7200)];

  it(`of ${long / 60} minutes needs hardly more memory than one of ${short / 60}`, async () => {
    const first = await peakOf(clicks('short.wav', short));
    const second = await peakOf(clicks('long.wav', long));
    // Float32 of the whole song and of its stems would be 12 bytes a sample.
    expect(12 * 44_100 * (long - short)).toBeGreaterThan(300 * 2 ** 20);
    expect((second - first) / 2 ** 20).toBeLessThan(200);
    expect(second / 2 ** 20).toBeLessThan(1024);
  });
});
