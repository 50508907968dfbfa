import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isSessionEvent } from '../../src-main/common/contract/commands.js';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { headlessServices } from '../../src-main/node/api/host-services.js';
import { sampleRate, wav16 } from '../e2e/support/wav.js';

const folder = mkdtempSync(join(tmpdir(), 'unbraid-beats-contract-'));
let engine: EngineApi;
let client: EngineClient;

/** Clicks twice a second from 0.2 s on. */
function clicks(seconds: number): Float32Array {
  return Float32Array.from({ length: seconds * sampleRate }, (_, i) => {
    const t = (((i / sampleRate - 0.2) % 0.5) + 0.5) % 0.5;
    return 0.5 * Math.exp(-300 * t) * Math.sin(9000 * t);
  });
}

async function open(name: string, planes: readonly Float32Array[]): Promise<string> {
  const path = join(folder, name);
  writeFileSync(path, wav16(planes, sampleRate));
  return (await engine.sessions.openPath(path, name)).session;
}

beforeAll(() => {
  engine = new EngineApi({
    cacheDir: join(folder, 'cache'),
    stateDir: join(folder, 'state'),
    host: headlessServices('library'),
  });
  client = engine.client();
});
afterAll(async () => {
  await engine.dispose();
  rmSync(folder, { recursive: true, force: true });
});

describe('the beats of an open song', () => {
  it('are found over the contract, with progress', async () => {
    const plane = clicks(30);
    const session = await open('clicks.wav', [plane, plane]);
    const told: number[] = [];
    const stop = client.subscribe((event) => {
      if (isSessionEvent(event) && event.job === 'beats') told.push(event.progress.done);
    });
    const { bpm, first, perBar, tracked } = await client.findBeats({ job: 'beats', session });
    stop();
    expect([bpm, perBar, tracked]).toEqual([120, 4, null]);
    const period = sampleRate / 2;
    const off = first / period - 0.4 - Math.round(first / period - 0.4);
    expect((Math.abs(off) * period) / sampleRate).toBeLessThan(0.005);
    expect(told.length).toBeGreaterThan(2);
    expect(told.at(-1)).toBeCloseTo(30, 3);
  });

  it('end with a typed error in silence and in a song of one sample, and when they are cancelled', async () => {
    const silent = await open('silent.wav', [new Float32Array(5 * sampleRate)]);
    const single = await open('single.wav', [Float32Array.of(0.5)]);
    for (const session of [silent, single])
      await expect(client.findBeats({ job: 'none', session })).rejects.toMatchObject({ code: 'no-beat' });
    const session = await open('long.wav', [clicks(240)]);
    const begun = new Promise<void>((resolve) => {
      const stop = client.subscribe((event) => {
        if (isSessionEvent(event) && event.job === 'long') resolve(stop());
      });
    });
    const finding = client.findBeats({ job: 'long', session });
    await begun;
    await client.cancel({ job: 'long' });
    await expect(finding).rejects.toMatchObject({ code: 'cancelled' });
  });
});
