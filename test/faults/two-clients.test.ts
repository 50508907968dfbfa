import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { toUnbraidError, type ErrorCode } from '../../src-main/common/base/errors.js';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import { noMarks } from '../../src-main/common/document/marks.js';
import { documentVersion } from '../../src-main/common/document/migrations.js';
import { newTrack, type TrackRecord } from '../../src-main/common/document/records.js';
import { fillRectangle } from '../../src-main/common/separation/edits/shapes.js';
import { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import { EngineApi } from '../../src-main/node/api/engine-api.js';
import { headlessServices } from '../../src-main/node/api/host-services.js';
import { planesOf } from '../fixtures/audio/caches.js';
import { errorDb } from '../fixtures/signals.js';
import { song, writeWav } from '../cli/support/songs.js';
import fc from '../support/fc.js';

// Two clients of one real host do random things at the same time and to the same songs. Whatever they do,
// the rules of session/SPEC.md and queue/SPEC.md hold. `UNBRAID_RUNS` sets the number of lives.
const root = mkdtempSync(join(tmpdir(), 'unbraid-two-clients-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const settings = { model: 'hpss', workers: 1 } as const;
const runs = Number(process.env['UNBRAID_RUNS'] ?? 8);

/** The errors a client may get instead of a result; anything else is a fault. */
const refusals: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'invalid-argument',
  'cancelled',
  'project-open',
  'session-elsewhere',
]);

type Act =
  | { readonly act: 'open' | 'close' | 'edit' | 'undo' | 'separate' | 'part' | 'cancel' | 'export' | 'save' }
  | { readonly act: 'append' | 'look' | 'queue' | 'unqueue' | 'hold' | 'resume' };

const acts = fc.array(
  fc.record({
    act: fc.constantFrom<Act['act']>(
      ...([
        'open',
        'close',
        'edit',
        'edit',
        'undo',
        'separate',
        'separate',
        'part',
        'cancel',
        'export',
      ] as const),
      ...(['save', 'append', 'append', 'look', 'queue', 'unqueue', 'hold', 'resume'] as const),
    ),
    /** Which of the songs or entries, and for how long the client does not wait for the answer (ms; 0 waits). */
    which: fc.nat({ max: 3 }),
    ahead: fc.constantFrom(0, 0, 1, 20, 120),
  }),
  { minLength: 4, maxLength: 14 },
);

class Life {
  readonly sessions: string[] = [];
  /** Changes that were acknowledged, by session, as names of tracks. */
  readonly kept = new Map<string, string[]>();
  readonly faults: string[] = [];
  private readonly known = new Map<
    string,
    { readonly records: readonly TrackRecord[]; readonly since: number }
  >();
  private jobs: string[] = [];
  private count = 0;

  constructor(
    private readonly engine: EngineApi,
    private readonly client: EngineClient,
  ) {}

  /** One client: its acts one after the other, some begun before the one before has ended. */
  async play(
    list: readonly { readonly act: Act['act']; readonly which: number; readonly ahead: number }[],
  ): Promise<void> {
    const open: Promise<void>[] = [];
    for (const { act, which, ahead } of list) {
      const running = this.act(act, which).catch((error: unknown) => {
        const { code, message } = toUnbraidError(error);
        if (!refusals.has(code)) this.faults.push(`${act}: ${code} ${message}`);
      });
      open.push(running);
      await (ahead === 0 ? running : new Promise((resolve) => setTimeout(resolve, ahead)));
    }
    await Promise.all(open);
  }

  private async act(act: Act['act'], which: number): Promise<void> {
    const { client, engine } = this;
    const session = this.sessions[which % Math.max(1, this.sessions.length)] ?? '0'.repeat(32);
    const job = `j${this.count++}`;
    switch (act) {
      case 'open': {
        const { handle, path } = engine.sessions.newUpload('song.wav');
        writeWav(path, song(1 + (which % 2), 44_100));
        this.sessions.push((await client.openUpload({ upload: handle })).session);
        return;
      }
      case 'close':
        return void (await client.closeSession({ session }));
      case 'separate':
        this.jobs.push(job);
        return void (await client.separateSession({ job, session, settings }));
      case 'part': {
        this.jobs.push(job);
        const range = { start: 4000, count: 12_000 };
        return void (await client.separateSession({ job, session, range, settings }));
      }
      case 'cancel':
        return void (await client.cancel({ job: this.jobs.at(-1 - which) ?? job }));
      case 'edit':
      case 'undo': {
        this.jobs.push(job);
        const edits = act === 'undo' ? [] : [this.edit(session, which)];
        return void (await client.editSession({ job, session, edits }));
      }
      case 'export':
        this.jobs.push(job);
        return void (await this.export(job, session));
      case 'save': {
        const { records, since } = this.known.get(session) ?? { records: [], since: 0 };
        const document = { document: 'unbraid', version: documentVersion, records };
        const saved = await client.saveProject({ session, document, since, history: noMarks, view: null });
        return this.learn(session, saved.sequence);
      }
      case 'append':
        return this.append(session);
      case 'look':
        return void (await client.session({ session }));
      case 'queue': {
        const { handle, path } = engine.sessions.newUpload('queued.wav');
        writeWav(path, song(1, 44_100));
        return void (await client.queueAdd({ sources: [{ upload: handle }], output: null, settings }));
      }
      case 'unqueue': {
        const { entries } = await client.queueState({});
        const gone = entries.slice(0, 1 + which).map(({ id }) => id);
        return void (gone.length > 0 && (await client.queueRemove({ entries: gone })));
      }
      case 'hold':
        return void (await client.queuePause({}));
      case 'resume':
        return void (await client.queueResume({}));
    }
  }

  private edit(session: string, which: number): Parameters<EngineClient['editSession']>[0]['edits'][number] {
    const mask = new TileMask({ nFft: 4096, hop: 1024 });
    fillRectangle(mask, { start: 4 + which, end: 30, low: 20, high: 200 + 100 * which });
    const hash = this.engine.sessions.store.get(session).edits.addMask(mask.encode());
    return {
      id: `e${which}`,
      kind: 'move',
      sources: ['harmonic'],
      target: 'percussive',
      strength: 1,
      mask: hash,
    };
  }

  private async export(job: string, session: string): Promise<void> {
    const report = await this.client.exportSession({
      ...{ job, session, what: 'stems' },
      settings: { ...settings, depth: '32f' },
    });
    if (!(report.writtenNullDb! < -120))
      this.faults.push(`an export adds up to ${report.writtenNullDb} dB only`);
  }

  private async append(session: string): Promise<void> {
    const record = newTrack(`t${this.count++}`, 0);
    const diff = { added: { [record.id]: record }, updated: {}, removed: {} };
    const { sequence } = await this.client.appendJournal({ session, changes: [{ kind: 'quiet', diff }] });
    this.kept.set(session, [...(this.kept.get(session) ?? []), record.id]);
    this.learn(session, sequence, record);
  }

  /** What a client knows of a project: the records up to a number. It may know less than what is kept. */
  private learn(session: string, since: number, record?: TrackRecord): void {
    const before = this.known.get(session) ?? { records: [], since: 0 };
    if (record && since === before.since + 1) {
      this.known.set(session, { records: [...before.records, record], since });
    }
  }
}

/** How far the stems of a session are from its source, dB. */
function sumError(engine: EngineApi, id: string): number {
  const [source, ...stems] = engine.sessions.store.get(id).state.tracks.map(({ ref }) => planesOf(ref));
  if (stems.length === 0) return -Infinity;
  const sum = (ch: number): Float32Array =>
    source[ch].map((_, i) => stems.reduce((all, stem) => all + stem[ch][i], 0));
  return Math.max(...source.map((plane, ch) => errorDb(sum(ch), plane)));
}

it('S1–S6, S10, Q1–Q8 hold whatever two clients do to one host', { timeout: 1_800_000 }, async () => {
  let life = 0;
  await fc.assert(
    fc.asyncProperty(acts, acts, async (one, two) => {
      const dir = join(root, `life-${life++}`);
      const engine = new EngineApi({
        cacheDir: join(dir, 'cache'),
        stateDir: join(dir, 'state'),
        host: headlessServices('library'),
      });
      const client = engine.client();
      const story = new Life(engine, client);
      try {
        await Promise.all([story.play([{ act: 'open', which: 1, ahead: 0 }, ...one]), story.play(two)]);
        await client.queueResume({});
        expect(story.faults).toEqual([]);
        for (const { id, state } of engine.sessions.store.all) {
          expect(state.running).toBeNull();
          expect(sumError(engine, id)).toBeLessThan(-120);
          const project = (await client.claimSession({ session: id, page: 'f'.repeat(32) })).project;
          const records = new Set((project?.document.records ?? []).map((record) => record.id));
          for (const kept of story.kept.get(id) ?? []) expect(records).toContain(kept);
        }
        for (const { id } of engine.sessions.store.all) await client.closeSession({ session: id });
        const { entries } = await client.queueState({});
        await client.queueRemove({ entries: entries.map((entry) => entry.id) });
        const caches = readdirSync(join(dir, 'cache')).flatMap((name) =>
          readdirSync(join(dir, 'cache', name)),
        );
        expect(caches.filter((name) => name.startsWith('song-'))).toEqual([]);
        expect(await client.queueState({})).toMatchObject({ entries: [] });
      } finally {
        await engine.dispose();
      }
      rmSync(dir, { recursive: true, force: true });
    }),
    { numRuns: runs, interruptAfterTimeLimit: 1_500_000, endOnFailure: true },
  );
});
