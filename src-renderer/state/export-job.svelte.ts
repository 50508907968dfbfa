import { toUnbraidError, type WireError } from '../../src-main/common/base/errors.js';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import { isSessionEvent, type CommandInput } from '../../src-main/common/contract/commands.js';
import type { ExportReport } from '../../src-main/common/contract/session.js';
import type { Progress } from '../../src-main/common/jobs/progress.js';

/** What is exported, but for the job's name. */
export type ExportOrder = Omit<CommandInput<'exportSession'>, 'job'>;

/**
 * The states of an export:
 *
 *   idle → running → idle with a report
 *             ├────→ idle with an error
 *             └────→ idle (cancelled)
 */
export class ExportJob {
  running = $state.raw<{ readonly job: string; readonly cancelling: boolean } | null>(null);
  progress = $state.raw<Progress | null>(null);
  report = $state.raw<ExportReport | null>(null);
  error = $state.raw<WireError | null>(null);

  constructor(private readonly client: EngineClient) {}

  /** Never rejects: failures are a state. */
  run(order: ExportOrder): Promise<void> {
    return this.perform((job) => this.client.exportSession({ ...order, job }));
  }

  /** The same for any command that makes files, or reads them (null); it runs under the job's name it is given. */
  async perform(command: (job: string) => Promise<ExportReport | null>): Promise<void> {
    if (this.running) return;
    const job = crypto.randomUUID();
    this.running = { job, cancelling: false };
    [this.progress, this.report, this.error] = [null, null, null];
    const unsubscribe = this.client.subscribe((event) => {
      if (isSessionEvent(event) && event.job === job) this.progress = event.progress;
    });
    try {
      this.report = await command(job);
    } catch (thrown) {
      const wire = toUnbraidError(thrown).toWire();
      if (wire.code !== 'cancelled') this.error = wire;
    } finally {
      unsubscribe();
      this.running = null;
    }
  }

  async cancel(): Promise<void> {
    const { running } = this;
    if (!running || running.cancelling) return;
    this.running = { ...running, cancelling: true };
    await this.client.cancel({ job: running.job }).catch(() => undefined);
  }
}
