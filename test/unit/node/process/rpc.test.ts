import { afterEach, describe, expect, it } from 'vitest';
import { RpcClient } from '../../../../src-main/node/process/rpc.js';
import { nodeSpawner } from '../../../../src-main/node/process/spawner.js';

interface Api {
  readonly [method: string]: { readonly params: unknown; readonly result: unknown; readonly event: unknown };
  readonly echo: { readonly params: unknown; readonly result: unknown; readonly event: never };
  readonly fail: { readonly params: null; readonly result: null; readonly event: never };
  readonly count: { readonly params: number; readonly result: number; readonly event: number };
  readonly wait: { readonly params: null; readonly result: null; readonly event: never };
  readonly hang: { readonly params: null; readonly result: null; readonly event: never };
  readonly exit: { readonly params: number; readonly result: null; readonly event: never };
}

const clients: RpcClient<Api>[] = [];
function client(): RpcClient<Api> {
  const made = new RpcClient<Api>(nodeSpawner, new URL('./echo-process.mjs', import.meta.url), 'echo');
  clients.push(made);
  return made;
}
afterEach(() => {
  for (const made of clients.splice(0)) made.dispose();
});

describe('calls of a helper process', () => {
  it('bring values there and back, typed arrays too, each answer to its call', async () => {
    const rpc = client();
    const values = [1, 'two', { three: [Float32Array.of(0.1, 0.2)] }, null];
    expect(await Promise.all(values.map((value) => rpc.call('echo', value)))).toEqual(values);
  });

  it('bring typed errors back, with file and hint; an unknown method is one', async () => {
    const rpc = client();
    await expect(rpc.call('fail', null)).rejects.toMatchObject({
      ...{ code: 'not-audio', message: 'No', file: 'a.wav', hint: 'Try b.' },
    });
    await expect(rpc.call('nothing', null)).rejects.toMatchObject({ code: 'internal' });
  });

  it('report events to their own call only, in order', async () => {
    const rpc = client();
    const heard: [string, number][] = [];
    const counts = ['a', 'b'].map((name) => rpc.call('count', 3, { onEvent: (i) => heard.push([name, i]) }));
    expect(await Promise.all(counts)).toEqual([3, 3]);
    for (const name of ['a', 'b'])
      expect(heard.filter(([of]) => of === name).map(([, i]) => i)).toEqual([0, 1, 2]);
  });

  it('cancelled, end by themselves where the helper notices, and the process goes on', async () => {
    const rpc = client();
    await rpc.call('echo', 1);
    const { pid } = rpc;
    const abort = new AbortController();
    const call = rpc.call('wait', null, { signal: abort.signal });
    abort.abort();
    await expect(call).rejects.toMatchObject({ code: 'cancelled', message: 'Noticed' });
    expect([await rpc.call('echo', 2), rpc.pid]).toEqual([2, pid]);
    await expect(rpc.call('echo', 1, { signal: abort.signal })).rejects.toMatchObject({ code: 'cancelled' });
  });

  it('cancelled, end with their process where the helper does not notice; the next call has a fresh one', async () => {
    const rpc = client();
    await rpc.call('echo', 1);
    const { pid } = rpc;
    const abort = new AbortController();
    const call = rpc.call('hang', null, { signal: abort.signal });
    abort.abort();
    await expect(call).rejects.toMatchObject({ code: 'cancelled' });
    expect(await rpc.call('echo', 2)).toBe(2);
    expect(rpc.pid).not.toBe(pid);
  });

  it('all reject when the process dies, and the next call has a fresh one', async () => {
    const rpc = client();
    const calls = [rpc.call('hang', null), rpc.call('hang', null), rpc.call('exit', 3)];
    for (const { status, reason } of (await Promise.allSettled(calls)) as PromiseRejectedResult[])
      expect([status, (reason as { code: string }).code]).toEqual(['rejected', 'process-died']);
    expect(await rpc.call('echo', 'again')).toBe('again');
  });

  it('are refused after the client was closed, and those that wait reject', async () => {
    const rpc = client();
    const call = rpc.call('hang', null);
    rpc.dispose();
    await expect(call).rejects.toMatchObject({ code: 'process-died' });
    await expect(rpc.call('echo', 1)).rejects.toMatchObject({ code: 'internal' });
    expect(rpc.pid).toBeUndefined();
  });
});
