import type { EngineClient } from '../../src-main/common/contract/client.js';
import { isSessionEvent } from '../../src-main/common/contract/commands.js';
import type { Language } from '../../src-main/common/contract/languages.js';
import type { SessionComparison } from '../../src-main/common/contract/scoring.js';
import { longestComparison, sessionReport } from '../../src-main/common/jobs/comparison.js';
import { baselines, type Baseline } from '../../src-main/common/jobs/evaluation.js';
import type { Progress } from '../../src-main/common/jobs/progress.js';
import { uploadFile } from '../api/data.js';

/** Lengths to choose from, seconds. */
export const excerptLengths = [5, sessionReport.seconds, 20, 30, 60, 120, 300, longestComparison] as const;

/** A report about systems on a piece of the open song: time, memory and, with its true stems, scores. */
export class SongComparison {
  running = $state(false);
  cancelling = $state(false);
  /** Systems that are done, of all; null before the first news. */
  progress = $state.raw<Progress | null>(null);
  result = $state.raw<SessionComparison | null>(null);
  /** Files of the true stems; none for the song alone. */
  truth = $state.raw<readonly File[]>([]);
  /** Length of the excerpt. */
  seconds = $state<number>(sessionReport.seconds);
  /** What is made of true stems, in the order of `baselines`. */
  baselines = $state.raw<readonly Baseline[]>(sessionReport.baselines);
  /** The stems that the song has in the editor are compared, too. */
  own = $state(false);
  private job = '';
  /** The song that the true stems were chosen for. */
  private session: string | undefined;

  constructor(
    private readonly page: { readonly client: EngineClient; readonly fail: (error: unknown) => void },
  ) {}

  /** Another song has other true stems: those that were chosen are forgotten. */
  about(session: string | undefined): void {
    if (session !== this.session) this.truth = [];
    this.session = session;
  }

  include(baseline: Baseline, on: boolean): void {
    this.baselines = baselines.filter((one) => (one === baseline ? on : this.baselines.includes(one)));
  }

  /** Compares on an excerpt from `at.start` on, in seconds, `own` stems too; the report's page is in `language`. */
  async start(
    at: { readonly session: string; readonly start: number; readonly own: boolean },
    models: readonly string[],
    language: Language,
  ): Promise<void> {
    if (this.running || (models.length === 0 && !at.own)) return;
    [this.running, this.cancelling, this.progress] = [true, false, null];
    const job = crypto.randomUUID();
    this.job = job;
    const choice = { seconds: this.seconds, baselines: [...this.baselines] };
    const unsubscribe = this.page.client.subscribe((event) => {
      if (isSessionEvent(event) && event.job === job) this.progress = event.progress;
    });
    try {
      const truth: string[] = [];
      for (const file of this.truth) truth.push(await uploadFile(file));
      this.result = await this.page.client.compareSession({
        job,
        ...at,
        ...choice,
        models: [...models],
        truth,
        language,
      });
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
}
