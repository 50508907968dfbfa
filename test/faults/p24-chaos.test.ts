import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { noMarks } from '../../src-main/common/document/marks.js';
import { documentVersion } from '../../src-main/common/document/migrations.js';
import { newTrack, recordSchema, type TrackRecord } from '../../src-main/common/document/records.js';
import { testFolder } from '../cli/support/run.js';
import { wavBytes } from '../fixtures/audio/wav-bytes.js';
import { chances, tryAll } from './support/scale.js';

// A client of a real host does what the page does while a person works: it saves and appends to a project. Meanwhile the
// host is killed, its disk is filled, and its connections are cut, at random moments. What was acknowledged is there.
const minutes = Number(process.env['UNBRAID_CHAOS_MINUTES'] ?? (tryAll ? 10 : 0.25));
const main = fileURLToPath(new URL('../../out/hosts/web/main.js', import.meta.url));
const dir = testFolder();
const disk = join(dir, 'disk');
mkdirSync(disk);
// Without the right to mount, the disk is not filled.
const small = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'none', disk]).status === 0;
const page = '7'.repeat(32);
const random = chances();

interface Host {
  readonly child: ChildProcess;
  readonly port: number;
  readonly cookie: string;
}
interface Reply {
  readonly ok: boolean;
  readonly value?: never;
  readonly error?: { readonly code: string };
}

let host: Host | undefined;
afterAll(() => {
  host?.child.kill('SIGKILL');
  if (small) spawnSync('umount', ['-l', disk]);
});

/** Sends and gives what came back; null when the connection broke. `cutAfter` ms breaks it. */
function send(
  { port, cookie }: Pick<Host, 'port' | 'cookie'>,
  method: string,
  path: string,
  body: string | Buffer = '',
  cutAfter?: number,
): Promise<{ cookie: string; text: string } | null> {
  return new Promise((resolve) => {
    const headers = { Cookie: cookie, ...(method === 'POST' && { Origin: `http://127.0.0.1:${port}` }) };
    const call = request({ host: '127.0.0.1', port, method, path, headers, agent: false }, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
      response.on('error', () => resolve(null)).on('close', () => resolve(null));
      response.on('end', () =>
        resolve({ cookie: response.headers['set-cookie']?.[0].split(';')[0] ?? '', text }),
      );
    });
    call.on('error', () => resolve(null));
    call.end(body);
    if (cutAfter !== undefined) setTimeout(() => call.destroy(), cutAfter);
  });
}

async function ask(command: string, args: unknown, cutAfter?: number): Promise<Reply | null> {
  const answer = await send(host!, 'POST', `/api/${command}`, JSON.stringify(args), cutAfter);
  return answer && (JSON.parse(answer.text) as Reply);
}

async function start(): Promise<Host> {
  const child = spawn(process.execPath, [main], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, UNBRAID_STATE: join(disk, 'state'), UNBRAID_CACHE: join(dir, 'cache') },
  });
  const [data] = (await once(child.stdout, 'data')) as [Buffer];
  const { port, pathname, search } = new URL(data.toString().trim());
  const entered = await send({ port: Number(port), cookie: '' }, 'GET', `${pathname}${search}`);
  return { child, port: Number(port), cookie: entered!.cookie };
}

const filler = join(disk, 'filler');
function fill(): void {
  const fd = openSync(filler, 'w');
  try {
    for (;;) writeSync(fd, Buffer.alloc(4096));
  } catch {
    // It is full.
  } finally {
    closeSync(fd);
  }
}

const first = recordSchema.parse(newTrack('drums', 0)) as TrackRecord;
const at = (order: number): TrackRecord => ({ ...first, order });
const documentAt = (order: number): unknown => ({
  ...{ document: 'unbraid', version: documentVersion, records: [at(order)] },
});

/** The order of the track in what a host says of a project. */
function orderIn(project: { document: { records: TrackRecord[] } }): number {
  return project.document.records[0].order;
}

it(
  `P24 what was acknowledged is there after ${minutes} minutes of killed hosts, full disks and cut connections`,
  async () => {
    host = await start();
    const samples = Buffer.from(Int16Array.from({ length: 4000 }, (_, n) => 8000 * Math.sin(n / 9)).buffer);
    const wav = wavBytes({ format: 1, bits: 16, channels: 1, rate: 8000, data: samples });
    const { upload } = JSON.parse((await send(host, 'POST', '/upload?name=x.wav', wav))!.text) as {
      upload: string;
    };
    const opened = (await ask('openUpload', { upload }))!.value as unknown as { session: string };
    let { session } = opened;
    const saved = await ask('saveProject', {
      ...{ session, page, document: documentAt(0), history: noMarks, view: null },
    });
    expect(saved!.ok).toBe(true);

    /** What the host has called durable, and what it may have kept without saying so. */
    let [acknowledged, attempted] = [0, 0];
    const counts = { kills: 0, fills: 0, cuts: 0, refused: 0, kept: 0 };
    const end = performance.now() + 60_000 * minutes;

    /** Takes the host's word for where the project stands, which may not be before what it has acknowledged. */
    const settle = (order: number): void => {
      expect(order).toBeGreaterThanOrEqual(acknowledged);
      expect(order).toBeLessThanOrEqual(attempted);
      [acknowledged, attempted] = [order, order];
    };
    const reopen = async (): Promise<void> => {
      rmSync(filler, { force: true });
      host = await start();
      const listed = (await ask('projects', {}))!.value as unknown as { projects: { handle: string }[] };
      expect(listed.projects).toHaveLength(1);
      const answer = (await ask('openProject', { project: listed.projects[0].handle, page, take: true }))!;
      expect(answer).toMatchObject({ ok: true });
      const value = answer.value as unknown as {
        info: { session: string };
        document: { records: TrackRecord[] };
      };
      session = value.info.session;
      settle(orderIn(value));
    };

    while (performance.now() < end) {
      const next = attempted + 1;
      const [cut, kill] = [random() < 0.05, random() < 0.03];
      if (small && random() < 0.03) {
        fill();
        counts.fills++;
      } else if (random() < 0.2) rmSync(filler, { force: true });
      const name = { text: `step.${next}` };
      const diff = { added: {}, updated: { [first.id]: [at(attempted), at(next)] }, removed: {} };
      const work =
        random() < 0.85
          ? ask(
              'appendJournal',
              { session, page, changes: [{ kind: 'step', name, diff }] },
              cut ? 3 * random() : undefined,
            )
          : ask(
              'saveProject',
              { session, page, document: documentAt(next), history: noMarks, view: null },
              cut ? 3 * random() : undefined,
            );
      attempted = next;
      if (kill) setTimeout(() => host!.child.kill('SIGKILL'), 4 * random());
      const answer = await work;
      if (answer?.ok) {
        acknowledged = next;
        counts.kept++;
      }
      if (kill) {
        counts.kills++;
        if (host.child.exitCode === null && host.child.signalCode === null) await once(host.child, 'exit');
        await reopen();
      } else if (answer === null || !answer.ok) {
        if (answer === null) counts.cuts++;
        else {
          counts.refused++;
          expect(answer.error!.code).toBe('disk-full');
        }
        const claimed = (await ask('claimSession', { session, page, take: true }))!;
        expect(claimed.ok).toBe(true);
        settle(orderIn((claimed.value as unknown as { project: never }).project));
      }
    }
    host.child.kill('SIGKILL');
    await once(host.child, 'exit');
    await reopen();
    console.log(`chaos: ${JSON.stringify(counts)}, ${acknowledged} steps`);
    expect(counts.kills).toBeGreaterThan(0);
    expect(counts.kept).toBeGreaterThan(10);
  },
  60_000 * (minutes + 3),
);
