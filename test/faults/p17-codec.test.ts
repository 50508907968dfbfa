import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { CodecClient } from '../../src-main/node/audio/codec-client.js';
import { cacheOf, planesOf, testFolder, testSignal } from '../fixtures/audio/caches.js';

const dir = testFolder();
const codec = new CodecClient();
afterAll(() => codec.dispose());

const frames = 2_500_000;
const long = cacheOf(dir, testSignal(2, frames), 44100);

function slowSet(name: string) {
  const paths = ['a', 'b', 'c'].map((part) => join(dir, `${name}-${part}.m4a`));
  const outputs = paths.map((path) => ({
    path,
    format: 'aac' as const,
    inputs: [{ ref: long, gain: 1 }],
    tags: {},
  }));
  return { paths, request: { outputs, dither: 'none' as const, seed: 1 } };
}

describe('P17 the codec process', () => {
  it('killed while it works: the call is done by a fresh one', async () => {
    const { paths, request } = slowSet('killed-once');
    let killed = 0;
    const { outputs } = await codec.encodeSet(request, {
      onEvent: () => {
        if (killed++ === 0) process.kill(codec.pid!, 'SIGKILL');
      },
    });
    expect(killed).toBeGreaterThan(1);
    expect(outputs.map(({ frames: written }) => written)).toEqual(paths.map(() => frames));
    for (const path of paths) expect((await codec.probe(path)).frames).toBe(frames);
  });

  it('killed twice: the call rejects, no file stays, and the next call works', async () => {
    const { paths, request } = slowSet('killed');
    const pids = new Set<number>();
    const call = codec.encodeSet(request, {
      onEvent: () => {
        if (pids.has(codec.pid!)) return;
        pids.add(codec.pid!);
        process.kill(codec.pid!, 'SIGKILL');
      },
    });
    await expect(call).rejects.toMatchObject({ code: 'process-died' });
    expect(pids.size).toBe(2);
    for (const path of paths) expect(existsSync(path)).toBe(false);
    const path = join(dir, 'next.wav');
    const inputs = [{ ref: cacheOf(dir, testSignal(1, 100), 44100), gain: 1 }];
    await codec.encodeSet({ outputs: [{ path, format: 'wav', inputs, tags: {} }], dither: 'none', seed: 1 });
    expect((await codec.probe(path)).frames).toBe(100);
  });

  it('cancelled while encoding: rejects as cancelled and leaves no file', async () => {
    const { paths, request } = slowSet('cancelled');
    const controller = new AbortController();
    const call = codec.encodeSet(request, { signal: controller.signal, onEvent: () => controller.abort() });
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    for (const path of paths) expect(existsSync(path)).toBe(false);
  });

  it('cancelled while decoding: rejects as cancelled and leaves no cache', async () => {
    const path = join(dir, 'long.flac');
    await codec.encodeSet({
      outputs: [{ path, format: 'flac', inputs: [{ ref: long, gain: 1 }], tags: {} }],
      dither: 'none',
      seed: 1,
    });
    const controller = new AbortController();
    const out = join(dir, 'cancelled-cache');
    const call = codec.decode(
      { path, dir: out },
      { signal: controller.signal, onEvent: () => controller.abort() },
    );
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    expect(existsSync(out)).toBe(false);
  });

  it('of a call that is killed takes no other call with it', async () => {
    const [first, second] = [slowSet('first'), slowSet('second')];
    const began = new Set<string>();
    const killed = new Set<number>();
    // The first call has the first process, and its second try has it again.
    const kill = (name: string) => (): void => {
      began.add(name);
      if (began.size < 2 || killed.size === 2 || killed.has(codec.pid!)) return;
      killed.add(codec.pid!);
      process.kill(codec.pid!, 'SIGKILL');
    };
    const calls = [first, second].map(({ request }, i) =>
      codec.encodeSet(request, { onEvent: kill(`${i}`) }),
    );
    const [lost, done] = await Promise.allSettled(calls);
    expect(lost).toMatchObject({ status: 'rejected', reason: { code: 'process-died' } });
    expect(done.status).toBe('fulfilled');
    for (const path of first.paths) expect(existsSync(path)).toBe(false);
    for (const path of second.paths) expect(existsSync(path)).toBe(true);
  });

  it('serves two calls at once without mixing them up', async () => {
    const planes = [testSignal(1, 200_000), testSignal(1, 200_000, 8000)];
    const paths = planes.map((_, k) => join(dir, `side-${k}.wav`));
    await Promise.all(
      planes.map((plane, k) =>
        codec.encodeSet({
          ...{
            outputs: [
              {
                path: paths[k],
                format: 'wav',
                sample: 'f32',
                inputs: [{ ref: cacheOf(dir, plane, 44100), gain: 1 }],
                tags: {},
              },
            ],
          },
          ...{ dither: 'none', seed: 1 },
        }),
      ),
    );
    const back = await Promise.all(
      paths.map((path, k) => codec.decode({ path, dir: join(dir, `side-back-${k}`) })),
    );
    back.forEach(({ ref }, k) => expect(planesOf(ref)).toEqual(planes[k]));
    expect(readFileSync(paths[0])).not.toEqual(readFileSync(paths[1]));
  });
});
