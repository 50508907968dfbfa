import { UnbraidError } from '../../src-main/common/base/errors.js';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import { isSessionEvent } from '../../src-main/common/contract/commands.js';
import type { ModelTrial, TriedModel } from '../../src-main/common/contract/models.js';
import type { Progress } from '../../src-main/common/jobs/progress.js';
import { downloadAddress } from '../api/data.js';
import { Sound } from '../playback/sound.svelte.js';
import { Abx } from '../base/abx.svelte.js';
import { SongComparison } from './song-comparison.svelte.js';
import { mostShared } from './trial-stem.js';

/** What of the page takes part. */
interface TrialPage {
  readonly client: EngineClient;
  readonly fail: (error: unknown) => void;
  /** What plays must not sound together with a trial. */
  readonly song: { readonly player: { pause(): void } } | null;
}

/** Length of what is tried. */
export const trialSeconds = 10;

/** One thing to hear: the song itself, or what a model made of it. */
export interface TrialRow {
  /** Null for the song. */
  readonly model: TriedModel | null;
  /** What it is called while nobody may know which it is. */
  readonly letter: string;
}

/**
 * Some seconds of a song through several models, heard side by side. All of them run on one clock: what is switched to
 * goes on where the other was.
 */
export class Trial {
  chosen = $state.raw<readonly string[]>([]);
  blind = $state(false);
  running = $state(false);
  cancelling = $state(false);
  /** Of all models together; null before the first news. */
  progress = $state.raw<Progress | null>(null);
  /** The song that the results are of. */
  session = $state('');
  result = $state.raw<ModelTrial | null>(null);
  rows = $state.raw<readonly TrialRow[]>([]);
  stem = $state('');
  /** Index in `rows` of what is heard; null when nothing is. */
  heard = $state<number | null>(null);
  /** The names are shown. */
  revealed = $state(true);

  readonly sound = new Sound();
  /** Can anybody hear a difference between two rows? */
  readonly abx = new Abx(this);
  /** The same models in a report with figures. */
  readonly report: SongComparison;
  private job = '';
  private context: AudioContext | undefined;
  private readonly buffers = new Map<string, Promise<AudioBuffer>>();
  private source: AudioBufferSourceNode | undefined;
  private startedAt = 0;

  constructor(private readonly page: TrialPage) {
    this.report = new SongComparison(page);
  }

  readonly stems = $derived([
    ...new Set(this.result?.models.flatMap(({ stems }) => stems.map(({ name }) => name)) ?? []),
  ]);

  choose(id: string, on: boolean): void {
    const others = this.chosen.filter((one) => one !== id);
    this.chosen = on ? [...others, id] : others;
  }

  async start(session: string, startSeconds: number): Promise<void> {
    if (this.running || this.chosen.length === 0) return;
    this.abx.end();
    this.abx.answers = [];
    this.stop();
    this.buffers.clear();
    [this.running, this.cancelling, this.progress] = [true, false, null];
    const job = (this.job = crypto.randomUUID());
    const unsubscribe = this.page.client.subscribe((event) => {
      if (isSessionEvent(event) && event.job === job) this.progress = event.progress;
    });
    try {
      const models = [...this.chosen];
      const result = await this.page.client.modelTry({
        job,
        session,
        models,
        start: startSeconds,
        seconds: trialSeconds,
      });
      const order = this.blind ? shuffled(result.models) : result.models;
      this.rows = [null, ...order].map((model, i) => ({ model, letter: String.fromCharCode(64 + i) }));
      this.revealed = !this.blind;
      [this.result, this.session] = [result, session];
      this.stem = mostShared(result.models.map(({ stems }) => stems.map(({ name }) => name)));
    } catch (error) {
      this.page.fail(error);
    } finally {
      unsubscribe();
      this.running = false;
    }
  }

  async cancel(): Promise<void> {
    this.cancelling = true;
    await this.page.client.cancel({ job: this.job }).catch(() => undefined);
  }

  /** Plays a row's stem, round and round, from where the last one is. */
  async play(row: number): Promise<void> {
    const link = this.linkOf(row);
    if (link === null) return;
    this.heard = row;
    this.page.song?.player.pause();
    try {
      this.context ??= new AudioContext();
      if (!(await this.sound.start(this.context))) return this.stop();
      const buffer = await this.load(link);
      // Another one, or another stem of it, may have been chosen meanwhile.
      if (this.heard !== row || this.linkOf(row) !== link) return;
      const going = this.source !== undefined;
      this.silence();
      const now = this.context.currentTime;
      if (!going) this.startedAt = now;
      const source = new AudioBufferSourceNode(this.context, { buffer, loop: true });
      source.connect(this.context.destination);
      source.start(now, (now - this.startedAt) % buffer.duration);
      this.source = source;
    } catch (error) {
      this.heard = null;
      this.page.fail(error);
    }
  }

  stop(): void {
    this.silence();
    this.heard = null;
  }

  setStem(stem: string): void {
    this.stem = stem;
    if (this.heard !== null) void this.play(this.heard);
  }

  dispose(): void {
    this.stop();
    void this.context?.close();
    this.context = undefined;
  }

  /** The file of a row; null when its model has no such stem. */
  linkOf(row: number): string | null {
    const { model } = this.rows[row];
    if (!model) return this.result?.source ?? null;
    return model.stems.find(({ name }) => name === this.stem)?.download ?? null;
  }

  private silence(): void {
    this.source?.stop();
    this.source?.disconnect();
    this.source = undefined;
  }

  private load(link: string): Promise<AudioBuffer> {
    const known = this.buffers.get(link);
    if (known) return known;
    const loading = this.fetch(link);
    this.buffers.set(link, loading);
    // What failed is asked for again the next time.
    loading.catch(() => this.buffers.delete(link));
    return loading;
  }

  private async fetch(link: string): Promise<AudioBuffer> {
    const answer = await fetch(downloadAddress(link));
    if (!answer.ok) {
      throw new UnbraidError('file-not-found', 'This sound is not there any more', {
        hint: 'Compare the models again.',
      });
    }
    return this.context!.decodeAudioData(await answer.arrayBuffer());
  }
}

/** In any order, each as likely as the others (Fisher and Yates). */
function shuffled<T>(items: readonly T[]): T[] {
  const out = [...items];
  for (let i = out.length - 1; i > 0; i--) {
    const j = crypto.getRandomValues(new Uint32Array(1))[0] % (i + 1);
    [out[i], out[j]] = [out[j], out[i]];
  }
  return out;
}
