import type { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import type { ShellBridge } from '../../../src-main/common/contract/bridge.js';
import { eventChannel, invokeChannel } from '../../../src-main/electron/channels.js';

const { exposed, renderer } = vi.hoisted(() => ({
  exposed: new Map<string, unknown>(),
  renderer: { current: undefined as unknown as EventEmitter & { invoke: ReturnType<typeof vi.fn> } },
}));
vi.mock('electron', async () => {
  const { EventEmitter } = await import('node:events');
  renderer.current = Object.assign(new EventEmitter(), {
    invoke: vi.fn(() => Promise.resolve({ ok: true })),
  });
  return {
    contextBridge: { exposeInMainWorld: (name: string, api: unknown) => exposed.set(name, api) },
    ipcRenderer: renderer.current,
    webUtils: { getPathForFile: (file: { path: string }) => file.path },
  };
});

await import('../../../src-main/electron/preload/preload.js');
const bridge = exposed.get('unbraidShell') as ShellBridge;

describe('the preload script', () => {
  it('gives the page three functions and nothing else', () => {
    expect([...exposed.keys()]).toEqual(['unbraidShell']);
    expect(Object.keys(bridge).sort()).toEqual(['adopt', 'invoke', 'subscribe']);
  });

  it('has one channel for requests; the path of a file goes there and is not answered', async () => {
    await bridge.invoke('models', { a: 1 });
    expect(await bridge.adopt({ path: '/music/song.wav' })).toEqual({ ok: true });
    expect(renderer.current.invoke.mock.calls).toEqual([
      [invokeChannel, { kind: 'command', command: 'models', args: { a: 1 } }],
      [invokeChannel, { kind: 'adopt', path: '/music/song.wav' }],
    ]);
  });

  it('hands events on without Electron’s own event object, until it is asked to stop', () => {
    const got: unknown[][] = [];
    const stop = bridge.subscribe((...args) => got.push(args));
    renderer.current.emit(eventChannel, { sender: 'secret' }, { host: 'opened' });
    stop();
    renderer.current.emit(eventChannel, {}, { host: 'opened' });
    expect(got).toEqual([[{ host: 'opened' }]]);
    expect(renderer.current.listenerCount(eventChannel)).toBe(0);
  });
});
