import type { EngineEvent, JobEvent } from '../common/contract/commands.js';
import { isItemEvent, isSessionEvent } from '../common/contract/commands.js';
import { queueJobPrefix, type QueueEntry } from '../common/contract/queue.js';
import type { JobPhase, Progress } from '../common/jobs/progress.js';
import type { JobOutcome } from './texts/shell-texts.js';

export interface JobIndicators {
  /** From 0 to 1; null takes the bar away. */
  setProgress(fraction: number | null): void;
  /** Whether the machine must not fall asleep. */
  keepAwake(on: boolean): void;
  notify(outcome: JobOutcome): void;
}

/** A job shorter than this is not announced, ms. */
const longJobMs = 10_000;

/** Where each phase lies in a job as a whole, from 0 to 1. */
const spans: Readonly<Record<JobPhase, readonly [number, number]>> = {
  read: [0, 0.05],
  wait: [0.05, 0.85],
  separate: [0.05, 0.85],
  write: [0.85, 0.95],
  verify: [0.95, 1],
};

interface Running {
  readonly startedMs: number;
  fraction: number;
  /** Fractions of a batch's files, by index. */
  readonly items: Map<number, number>;
}

/**
 * Turns the engine's events into what the system shows outside of the window: one progress bar for all running jobs,
 * no sleep while any runs, and a notification when a long one ends while the window does not have the focus. Cancelled
 * jobs are not announced. `now` in ms.
 */
export class JobWatcher {
  private readonly running = new Map<string, Running>();
  private readonly idleListeners: (() => void)[] = [];

  constructor(
    private readonly indicators: JobIndicators,
    private readonly hasFocus: () => boolean,
    private readonly now: () => number,
  ) {}

  /** Resolves when no job runs. */
  whenIdle(): Promise<void> {
    if (this.running.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.idleListeners.push(resolve));
  }

  receive(event: EngineEvent): void {
    if ('state' in event) {
      if (event.state === 'started') this.start(event.job);
      else this.end(event.job, event.state);
    } else if ('queue' in event) {
      if (event.queue === 'entry') this.advanceQueue(event.entry);
    } else if (isSessionEvent(event)) {
      this.advance(event.job, (job) => (job.fraction = overall(event.progress)));
    } else if (isItemEvent(event)) {
      this.advance(event.job, (job) => {
        job.items.set(event.index, itemFraction(event));
        job.fraction = [...job.items.values()].reduce((sum, part) => sum + part, 0) / job.items.size;
      });
    }
  }

  /** The bar shows the song that the queue works on. */
  private advanceQueue({ state }: QueueEntry): void {
    if (state.state !== 'running') return;
    const fraction = state.progress ? overall(state.progress) : 0;
    for (const id of this.running.keys()) {
      if (id.startsWith(queueJobPrefix)) this.advance(id, (job) => (job.fraction = fraction));
    }
  }

  private start(job: string): void {
    if (this.running.size === 0) this.indicators.keepAwake(true);
    this.running.set(job, { startedMs: this.now(), fraction: 0, items: new Map() });
    this.show();
  }

  private advance(id: string, change: (job: Running) => void): void {
    const job = this.running.get(id);
    if (!job) return;
    change(job);
    this.show();
  }

  private end(id: string, state: JobOutcome | 'cancelled'): void {
    const job = this.running.get(id);
    if (!job) return;
    this.running.delete(id);
    this.show();
    if (this.running.size === 0) {
      this.indicators.keepAwake(false);
      for (const idle of this.idleListeners.splice(0)) idle();
    }
    const long = this.now() - job.startedMs >= longJobMs;
    if (long && state !== 'cancelled' && !this.hasFocus()) this.indicators.notify(state);
  }

  private show(): void {
    const fractions = [...this.running.values()].map(({ fraction }) => fraction);
    const mean = fractions.reduce((sum, part) => sum + part, 0) / fractions.length;
    this.indicators.setProgress(fractions.length === 0 ? null : mean);
  }
}

function overall({ phase, done, total }: Progress): number {
  const [from, to] = spans[phase];
  return from + (to - from) * (total > 0 ? Math.min(1, done / total) : 0);
}

function itemFraction({ item: { state } }: JobEvent): number {
  if (state.state === 'separating') return overall(state.progress);
  return state.state === 'waiting' || state.state === 'reading' ? 0 : 1;
}
