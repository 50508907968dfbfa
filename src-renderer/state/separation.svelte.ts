import type { WireError } from '../../src-main/common/base/errors.js';
import { toUnbraidError } from '../../src-main/common/base/errors.js';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { CommandInput } from '../../src-main/common/contract/commands.js';
import type { SessionEvent, SessionInfo } from '../../src-main/common/contract/session.js';
import type { Progress } from '../../src-main/common/jobs/progress.js';
import type { SeparationSettingsInput } from '../../src-main/common/jobs/settings.js';
import { UnansweredError } from '../api/transport.js';
import type { FrameRange } from './view.svelte.js';

/**
 * The states of a song's separation:
 *
 *   idle → running → idle (done or cancelled)
 *             └────→ failed → running …
 */
export type SeparationState =
  | { readonly state: 'idle' }
  | {
      readonly state: 'running';
      readonly job: string;
      readonly progress: Progress | null;
      /** Frames from the start whose stems can be heard and seen. */
      readonly doneFrames: number;
      readonly cancelling: boolean;
    }
  | { readonly state: 'failed'; readonly error: WireError };

export interface SeparationHooks {
  /** What the page knows of the last separation. */
  readonly known: () => SessionInfo['separation'];
  /** More frames are done; the first call comes before any is. */
  readonly onAdvance: (doneFrames: number) => void;
  readonly onDone: (info: SessionInfo) => void;
  /** Cancelled or failed: the stems are what they were before. */
  readonly onAbandoned: () => void;
}

/** Runs one separation at a time and follows its events. */
export class SeparationController {
  status = $state.raw<SeparationState>({ state: 'idle' });

  /** The last job that this page has started, whose answer comes to it. */
  private own: string | null = null;
  /** Why the answer for the job that runs did not come. */
  private unanswered: UnansweredError | null = null;

  constructor(
    private readonly client: EngineClient,
    private readonly session: string,
    private readonly hooks: SeparationHooks,
  ) {}

  /** Separates the song, or only a part of it, or makes its stems from true ones. Never rejects: failures are a state. */
  async start(
    settings: SeparationSettingsInput,
    range?: FrameRange | null,
    oracle?: CommandInput<'separateSession'>['oracle'],
  ): Promise<void> {
    if (this.status.state === 'running') return;
    const job = crypto.randomUUID();
    this.own = job;
    this.unanswered = null;
    this.status = { state: 'running', job, progress: null, doneFrames: 0, cancelling: false };
    try {
      const info = await this.client.separateSession({
        ...{ job, session: this.session, settings },
        ...(oracle && { oracle }),
        ...(range && { range: { start: range.start, count: range.end - range.start } }),
      });
      this.status = { state: 'idle' };
      this.hooks.onDone(info);
    } catch (error) {
      if (error instanceof UnansweredError) {
        // It goes on there: what becomes of it is asked when the host is back.
        this.own = null;
        this.unanswered = error;
        return;
      }
      const wire = toUnbraidError(error).toWire();
      this.status = wire.code === 'cancelled' ? { state: 'idle' } : { state: 'failed', error: wire };
      this.hooks.onAbandoned();
    }
  }

  /** Follows a separation that another page, or this one before a reload, has started. */
  async follow(job: string, doneFrames: number): Promise<void> {
    if (this.status.state === 'running') return;
    this.status = { state: 'running', job, progress: null, doneFrames, cancelling: false };
    await this.check();
  }

  /** It may have ended while this page did not listen, or may never have begun. */
  async check(): Promise<void> {
    const { status } = this;
    if (status.state !== 'running') return;
    const { songs } = await this.client.openSongs({});
    if (songs.some(({ session, running }) => session === this.session && !running))
      await this.ended(status.job);
  }

  /** A job that this page does not wait for has ended. */
  async ended(job: string): Promise<void> {
    const { status } = this;
    if (status.state !== 'running' || status.job !== job || this.own === job) return;
    const info = await this.client.session({ session: this.session });
    const { unanswered } = this;
    this.unanswered = null;
    this.status = { state: 'idle' };
    // It never came there, or nothing came of it.
    const same = JSON.stringify(info.separation) === JSON.stringify(this.hooks.known());
    if (unanswered && same) this.status = { state: 'failed', error: unanswered.toWire() };
    if (info.separation && !(unanswered && same)) this.hooks.onDone(info);
    else this.hooks.onAbandoned();
  }

  async cancel(): Promise<void> {
    const { status } = this;
    if (status.state !== 'running' || status.cancelling) return;
    this.status = { ...status, cancelling: true };
    await this.client.cancel({ job: status.job }).catch(() => undefined);
  }

  dismiss(): void {
    if (this.status.state === 'failed') this.status = { state: 'idle' };
  }

  receive(event: SessionEvent): void {
    const { status } = this;
    if (status.state !== 'running' || event.job !== status.job) return;
    const first = status.progress === null;
    const advanced = event.doneFrames > status.doneFrames;
    this.status = {
      ...status,
      progress: event.progress,
      doneFrames: Math.max(status.doneFrames, event.doneFrames),
    };
    if (first || advanced) this.hooks.onAdvance(this.status.doneFrames);
  }
}
