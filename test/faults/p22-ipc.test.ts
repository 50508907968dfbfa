import { join } from 'node:path';
import { writeFileSync } from 'node:fs';
import type { IpcMainInvokeEvent } from 'electron';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CommandAnswer } from '../../src-main/common/contract/bridge.js';
import type { SessionInfo } from '../../src-main/common/contract/session.js';
import { invokeChannel } from '../../src-main/electron/channels.js';
import { serveIpc } from '../../src-main/electron/ipc.js';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { testFolder } from '../cli/support/run.js';
import { wavBytes } from '../fixtures/audio/wav-bytes.js';
import { handlers, ipcMain, ownFrame } from '../unit/electron/fakes.js';
import { Fuzzer, fuzzableCommands, pageCommands, refusals, type Pools } from './support/fuzz.js';
import { chances, scaled } from './support/scale.js';

const dir = testFolder();
let engine: EngineApi;
let session: SessionInfo;

const ask = async (request: unknown, event: IpcMainInvokeEvent = ownFrame): Promise<CommandAnswer> =>
  (await handlers.get(invokeChannel)!(event, request)) as CommandAnswer;
const command = (name: string, args: unknown): Promise<CommandAnswer> =>
  ask({ kind: 'command', command: name, args });

beforeAll(async () => {
  engine = new EngineApi({ cacheDir: join(dir, 'cache'), stateDir: join(dir, 'state') });
  serveIpc({ ipcMain, endpoints: engine.endpoints, adopt: (paths) => engine.files.adopt(paths) });
  const data = Buffer.from(Int16Array.from({ length: 22_050 }, (_, n) => 8000 * Math.sin(n / 7)).buffer);
  writeFileSync(join(dir, 'tone.wav'), wavBytes({ format: 1, bits: 16, channels: 1, rate: 44_100, data }));
  const adopted = await ask({ kind: 'adopt', path: join(dir, 'tone.wav') });
  const [{ handle }] = (adopted as { value: { files: { handle: string }[] } }).value.files;
  session = ((await command('openHandle', { handle })) as { value: SessionInfo }).value;
});
afterAll(() => engine.dispose());

describe('P22 every command', () => {
  const foreign: readonly (readonly [string, unknown])[] = [
    ['another origin', { origin: 'https://evil.com', parent: null }],
    ['a frame inside the page', { origin: 'unbraid-app://app', parent: {} }],
    ['a frame that is gone', null],
  ];

  it.each(foreign)('is refused from %s', async (_, senderFrame) => {
    expect(pageCommands.length).toBeGreaterThan(30);
    for (const name of pageCommands) {
      const request = { kind: 'command', command: name, args: {} };
      const answer = await ask(request, { senderFrame } as IpcMainInvokeEvent);
      expect([name, answer.ok, (answer as { error: { code: string } }).error.code]).toEqual([
        name,
        false,
        'permission-denied',
      ]);
    }
  });

  it('refuses arguments that do not fit, with a code and no path', async () => {
    for (const name of pageCommands) {
      for (const args of [null, 7, 'x', [], { unknown: 1 }, { session: '../..', job: {} }]) {
        const answer = await command(name, args);
        expect([name, answer.ok, (answer as { error: { code: string } }).error.code]).toEqual([
          name,
          false,
          'invalid-argument',
        ]);
      }
    }
  });

  it('survives random arguments; a song is separated and edited on the way, and no path gets out', async () => {
    const pools: Pools = {
      ...{ session: [session.session], upload: [], mask: [], project: [], entry: [] },
      ...{ page: ['1'.repeat(32), '2'.repeat(32)], track: ['source', 'harmonic', 'percussive'] },
    };
    const fuzzer = new Fuzzer(chances(), pools);
    // Closing the only song, or deleting its project, would end the depth.
    const names = fuzzableCommands.filter((name) => !['closeSession', 'deleteProject'].includes(name));
    const done = new Map<string, number>();
    const ask = async (name: (typeof names)[number]): Promise<void> => {
      const answer = await command(name, fuzzer.argument(name));
      if (answer.ok) done.set(name, (done.get(name) ?? 0) + 1);
      else if (!refusals.has(answer.error.code)) throw new Error(`${name}: ${JSON.stringify(answer.error)}`);
      expect(JSON.stringify(answer)).not.toContain(dir);
      const { entries } = (answer as { value?: { entries?: { id: string }[] } }).value ?? {};
      if (entries) pools.entry = entries.map(({ id }) => id);
      const { projects } = (answer as { value?: { projects?: { handle: string }[] } }).value ?? {};
      if (projects) pools.project = projects.map(({ handle }) => handle);
      const { mask } = (answer as { value?: { mask?: string } }).value ?? {};
      if (mask) pools.mask.push(mask);
    };
    for (let i = 0; i < scaled(1200, 10_000); i++) await ask(fuzzer.pick(names));
    // Deep states: a song with stems, masks that were found, exports and projects that were made. What chance has not
    // brought about yet is tried on its own.
    for (const name of [
      'separateSession',
      'exportSession',
      'pickMask',
      'saveProject',
      'editSession',
    ] as const) {
      for (let i = 0; i < 500 && !done.has(name); i++) await ask(name);
      expect([name, (done.get(name) ?? 0) > 0]).toEqual([name, true]);
    }
    expect((await command('session', { session: session.session })).ok).toBe(true);
  }, 300_000);
});
