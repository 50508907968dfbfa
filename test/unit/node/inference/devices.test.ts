import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it } from 'vitest';
import { DeviceVerdicts } from '../../../../src-main/node/inference/device-verdicts.js';
import { extraProviders } from '../../../../src-main/node/inference/provider-files.js';
import { fromManifest, type SingleSeparator } from '../../../../src-main/node/inference/model-store.js';
import { SeparationEngine } from '../../../../src-main/node/inference/separation-engine.js';
import type { SeparatedSong, SeparateRequest } from '../../../../src-main/node/inference/separation.js';
import { nodeSpawner, type ProcessSpawner } from '../../../../src-main/node/process/spawner.js';
import { cacheOf, planesOf } from '../../../fixtures/audio/caches.js';
import { graph, manifest, smallStft } from '../../../fixtures/manifests.js';
import { gainGraph, writeOnnx, type Graph } from '../../../fixtures/onnx.js';
import { errorDb, noise } from '../../../fixtures/signals.js';

// Real providers: Chromium's software Vulkan driver computes what ONNX Runtime's WebGPU provider asks of it.
const folder = mkdtempSync(join(tmpdir(), 'unbraid-devices-test-'));
const engines: SeparationEngine[] = [];
afterEach(() => {
  for (const engine of engines.splice(0)) engine.dispose();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let counter = 0;

const vulkan = '/usr/lib/chromium/vk_swiftshader_icd.json';
const software = { VK_DRIVER_FILES: vulkan, VK_ICD_FILENAMES: vulkan };
const allowed = { ...software, UNBRAID_SOFTWARE_GPU: '1' };

const withEnv = (env: Readonly<Record<string, string>>): ProcessSpawner => ({
  spawn: (entry, options) => nodeSpawner.spawn(entry, { ...options, env }),
});

/** Kills a process as soon as it says that it tries a GPU, as a driver that crashes does. */
const dying: ProcessSpawner = {
  spawn: (entry, options) => {
    const handle = nodeSpawner.spawn(entry, { ...options, env: allowed });
    handle.onMessage((message) => {
      const { event } = message as { event?: { trying?: string } };
      if (event?.trying !== undefined) process.kill(handle.pid!, 'SIGKILL');
    });
    return handle;
  },
};

function model(onnx: Graph, parts: Parameters<typeof manifest>[0] = {}): SingleSeparator {
  const id = `model-${counter++}`;
  const written = writeOnnx(folder, `${id}.onnx`, onnx);
  const plain = manifest({ ...parts, id });
  return fromManifest({ ...plain, graphs: plain.graphs.map((one) => ({ ...one, ...written })) }, folder);
}

const spectral = {
  stft: smallStft,
  graphs: [graph({ role: 'mag', layout: 'b ch f t' }, { role: 'mag', layout: 'b s ch f t' })],
};
const gains = (): SingleSeparator => model(gainGraph([1, 2, 129, 't'], [0.25, 0.5]), spectral);

/** sin(10⁶ x): what a last bit decides. No two devices agree on it. */
const chaotic: Graph = {
  inputs: [{ name: 'input', dims: [1, 2, 2048] }],
  outputs: [{ name: 'output', dims: [1, 2, 2, 2048] }],
  constants: [
    { name: 'axis', dims: [1], int64: [1] },
    { name: 'gains', dims: [2, 1, 1], floats: [1e6, 1e7] },
  ],
  nodes: [
    { op: 'Unsqueeze', inputs: ['input', 'axis'], outputs: ['wide'] },
    { op: 'Mul', inputs: ['wide', 'gains'], outputs: ['large'] },
    { op: 'Sin', inputs: ['large'], outputs: ['output'] },
  ],
};

/** x · (0.25, 0.5) for inputs up to `most` samples, 16 TiB for longer ones. */
function greedy(most: number): Graph {
  const output = { name: 'result', dims: [1, 2, 2, 'n'] };
  const small: Graph = {
    ...{ inputs: [], outputs: [{ ...output, name: 'small' }] },
    nodes: [{ op: 'Mul', inputs: ['wide', 'gains'], outputs: ['small'] }],
  };
  const large: Graph = {
    ...{ inputs: [], outputs: [{ ...output, name: 'large' }] },
    nodes: [{ op: 'Expand', inputs: ['one', 'huge'], outputs: ['large'] }],
  };
  return {
    inputs: [{ name: 'input', dims: [1, 2, 'n'] }],
    outputs: [{ name: 'output', dims: [1, 2, 2, 'n'] }],
    constants: [
      { name: 'axis', dims: [1], int64: [1] },
      { name: 'last', dims: [], int64: [2] },
      { name: 'most', dims: [], int64: [most] },
      { name: 'one', dims: [1, 1, 1, 1], floats: [1] },
      { name: 'huge', dims: [4], int64: [1, 2, 2, 2 ** 40] },
      { name: 'gains', dims: [2, 1, 1], floats: [0.25, 0.5] },
    ],
    nodes: [
      { op: 'Unsqueeze', inputs: ['input', 'axis'], outputs: ['wide'] },
      { op: 'Shape', inputs: ['input'], outputs: ['shape'] },
      { op: 'Gather', inputs: ['shape', 'last'], outputs: ['length'] },
      { op: 'Greater', inputs: ['length', 'most'], outputs: ['long'] },
      {
        ...{ op: 'If', inputs: ['long'], outputs: ['output'] },
        attributes: { then_branch: large, else_branch: small },
      },
    ],
  };
}

const planes = [noise(20_000, 1), noise(20_000, 2)].map((plane) => plane.map((x) => 0.4 * x));

interface Run extends Partial<SeparateRequest> {
  readonly separator: SingleSeparator;
  readonly spawner?: ProcessSpawner;
  readonly verdicts?: DeviceVerdicts;
  readonly source?: never;
  readonly audio?: readonly Float32Array[];
}

async function run({ spawner = withEnv(allowed), verdicts, audio = planes, ...request }: Run): Promise<{
  song: SeparatedSong;
  vocals: Float32Array[];
  engine: SeparationEngine;
}> {
  const engine = new SeparationEngine({ spawner, workers: 1, ...(verdicts && { verdicts }) });
  engines.push(engine);
  const dir = join(folder, `run-${counter++}`);
  mkdirSync(dir);
  const song = await engine.separate({
    ...{ source: cacheOf(dir, audio, 44_100), channelLayout: 'stereo', device: 'auto', quality: {} },
    ...{ residual: 'fold', tempDir: dir, ...request },
  });
  return { song, vocals: planesOf(song.stems.find(({ name }) => name === 'vocals')!.ref), engine };
}

const isQuarter = (vocals: readonly Float32Array[], of: readonly Float32Array[] = planes): void =>
  vocals.forEach((plane, ch) =>
    expect(
      errorDb(
        plane,
        of[ch].map((x) => 0.25 * x),
      ),
    ).toBeLessThan(-100),
  );

describe.skipIf(!existsSync(vulkan))('WebGPU on a software driver', () => {
  it('gives the CPU’s result, and is used where it is asked for', async () => {
    const { song, vocals } = await run({ separator: gains(), device: 'webgpu' });
    expect(song.provider).toBe('webgpu');
    isQuarter(vocals);
  });

  it('that disagrees with the CPU is not used, and an error when it was asked for', async () => {
    const separator = model(chaotic);
    const { song, engine } = await run({ separator });
    expect(song.provider).toBe('cpu');
    const [refusal] = engine.refusals.filter(({ provider }) => provider === 'webgpu');
    expect(refusal.why).toMatch(/differed from the CPU by/);
    expect(song.warnings.join()).toContain('differed');
    await expect(run({ separator, device: 'webgpu' })).rejects.toMatchObject({ code: 'device-unavailable' });
  });

  it('is refused for work where no test asks for it', async () => {
    const separator = gains();
    const { song, engine } = await run({ separator, spawner: withEnv(software) });
    expect(song.provider).toBe('cpu');
    expect(engine.refusals.find(({ provider }) => provider === 'webgpu')?.why).toMatch(
      /software|graphics card/,
    );
    // ONNX Runtime knows of CUDA on Linux, but comes without it.
    const extra = engine.refusals.filter(({ provider }) => provider === 'cuda').map(({ why }) => why);
    const absent = process.platform === 'linux' && !extraProviders()!.includes('cuda');
    if (absent) expect(extra).toEqual(['it is not installed']);
    const asked = run({ separator, device: 'webgpu', spawner: withEnv(software) });
    await expect(asked).rejects.toMatchObject({ code: 'device-unavailable' });
  });

  it('that a probe has found good is not probed by the next start', async () => {
    const file = join(folder, 'good.json');
    const start = async (separator: SingleSeparator, device: 'auto' | 'webgpu'): Promise<string> =>
      (await run({ separator, device, verdicts: new DeviceVerdicts(file) })).song.provider;
    interface Kept {
      verdicts: { refused: unknown[]; good: unknown[] }[];
    }
    const kept = (): Kept => JSON.parse(readFileSync(file, 'utf8')) as Kept;
    expect(await start(gains(), 'webgpu')).toBe('webgpu');
    expect(kept().verdicts).toMatchObject([{ refused: [], good: [{ provider: 'webgpu', faster: false }] }]);
    // A probe would refuse this one: what was found before is believed.
    const separator = model(chaotic);
    expect(await start(separator, 'auto')).toBe('cpu');
    const [, verdict] = kept().verdicts;
    verdict.refused = [];
    verdict.good = [{ provider: 'webgpu', faster: true }];
    writeFileSync(file, JSON.stringify({ version: 1, verdicts: [verdict] }));
    expect(await start(separator, 'auto')).toBe('webgpu');
    expect(await start(separator, 'webgpu')).toBe('webgpu');
    // Of another driver nothing is known.
    writeFileSync(file, JSON.stringify({ version: 1, verdicts: [{ ...verdict, with: 'another' }] }));
    expect(await start(separator, 'auto')).toBe('cpu');
  });

  it('that takes its process with it on the probe leaves the song to the CPU', async () => {
    const verdicts = new DeviceVerdicts(join(folder, 'died.json'));
    const { song, vocals, engine } = await run({ separator: gains(), spawner: dying, verdicts });
    expect(song.provider).toBe('cpu');
    isQuarter(vocals);
    expect(engine.refusals).toMatchObject([
      { why: expect.stringMatching(/ended its process on a probe/) as string },
    ]);
    expect(song.warnings.join()).toContain('is not used');
  });
});

describe('verdicts about devices', () => {
  const refused = [{ model: 'm', provider: 'webgpu', why: 'it differs' }];

  it('outlive the program, for the same files, runtime and driver, and for a month', () => {
    const file = join(folder, 'verdicts.json');
    let now = 1_000_000_000_000;
    const of = (tools: string): DeviceVerdicts => new DeviceVerdicts(file, tools, () => now);
    of('driver 1').refuse('files', refused, true);
    of('driver 1').refuse('other files', refused, false);
    expect(of('driver 1').all).toEqual(refused);
    expect(of('driver 1').chosen('files')).toBe('cpu');
    expect(of('driver 1').chosen('other files')).toBeNull();
    expect(of('driver 2').chosen('files')).toBeNull();
    of('driver 2').accept('files', 'webgpu', true);
    expect(of('driver 2').chosen('files')).toBe('webgpu');
    expect(of('driver 1').chosen('files')).toBe('cpu');
    now += 29 * 86_400_000;
    expect(of('driver 1').chosen('files')).toBe('cpu');
    now += 2 * 86_400_000;
    expect(of('driver 1').chosen('files')).toBeNull();
    expect(of('driver 2').chosen('files')).toBeNull();
  });

  it('a good device that was named is not the choice, and one that fails later is good no more', () => {
    const verdicts = new DeviceVerdicts();
    verdicts.refuse('files', refused, true);
    verdicts.accept('files', 'webgpu', false);
    expect([verdicts.chosen('files'), verdicts.isGood('files', 'webgpu')]).toEqual(['cpu', true]);
    expect(verdicts.all).toEqual(refused);
    const other = [{ ...refused[0], provider: 'dml' }];
    verdicts.accept('files', 'webgpu', true, other);
    expect([verdicts.chosen('files'), verdicts.all]).toEqual(['webgpu', other]);
    verdicts.refuse('files', refused, false);
    expect([verdicts.chosen('files'), verdicts.isGood('files', 'webgpu')]).toEqual(['cpu', false]);
  });

  it('a device that was refused is not tried again; named, it is', async () => {
    const file = join(folder, 'kept.json');
    const separator = model(chaotic);
    const tried = async (device: 'auto' | 'webgpu'): Promise<string[]> => {
      const events: string[] = [];
      const listening: ProcessSpawner = {
        spawn: (entry, options) => {
          const handle = nodeSpawner.spawn(entry, { ...options, env: software });
          handle.onMessage((message) => {
            const { event } = message as { event?: { trying?: string } };
            if (event?.trying !== undefined) events.push(event.trying);
          });
          return handle;
        },
      };
      const verdicts = new DeviceVerdicts(file);
      await run({ separator, device, spawner: listening, verdicts }).catch(() => undefined);
      return events;
    };
    const first = await tried('auto');
    expect(first).toContain('webgpu');
    expect(await tried('auto')).toEqual([]);
    expect(await tried('webgpu')).toEqual(['webgpu']);
  });
});

describe('the length of segments', () => {
  const wave = graph({ role: 'wave', layout: 'b ch n' }, { role: 'wave', layout: 'b s ch n' });
  const long = { graphs: [wave], segment: { length: 8 * 44_100, overlap: 0.25 } };
  const audio = [noise(10 * 44_100, 1), noise(10 * 44_100, 2)].map((plane) => plane.map((x) => 0.4 * x));

  it('is halved where memory is short, and the song says so', async () => {
    const { song, vocals } = await run({ separator: model(greedy(100_000), long), device: 'cpu', audio });
    isQuarter(vocals, audio);
    expect(song.nullDb).toBeLessThan(-120);
    expect(song.warnings).toHaveLength(2);
    expect(song.warnings[1]).toMatch(/segments of 2\.0 s/);
  });

  it('stays where the graph has one size: the error is that of the memory', async () => {
    const fixed = { ...greedy(1000), inputs: [{ name: 'input', dims: [1, 2, 4096] }] };
    const separator = model(fixed, { graphs: [wave], segment: { length: 4096 } });
    await expect(run({ separator, device: 'cpu' })).rejects.toMatchObject({ code: 'out-of-memory' });
  });

  it('can be chosen where the graph takes any, and is refused where it does not', async () => {
    const separator = model(greedy(100_000), long);
    const { song, vocals } = await run({ separator, device: 'cpu', audio, quality: { segment: 2 } });
    isQuarter(vocals, audio);
    expect(song.warnings).toEqual([]);
    const fixed = model(gainGraph([1, 2, 2048], [0.25, 0.5]));
    const refusing = run({ separator: fixed, device: 'cpu', quality: { segment: 1 } });
    await expect(refusing).rejects.toMatchObject({ code: 'invalid-argument' });
    const classic = { kind: 'classic', id: 'hpss', name: 'HPSS', description: '', stems: [] } as const;
    const asked = run({ separator: classic, device: 'cpu', quality: { segment: 1 } });
    await expect(asked).rejects.toMatchObject({ code: 'invalid-argument' });
  });
});
