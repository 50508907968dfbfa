import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { SessionComparison } from '../../src-main/common/contract/scoring.js';
import { uploadFile } from '../api/data.js';

/** A report about systems on a piece of the open song: time, memory and, with its true stems, scores. */
export class SongComparison {
  running = $state(false);
  result = $state.raw<SessionComparison | null>(null);
  /** Files of the true stems; none for the song alone. */
  truth = $state.raw<readonly File[]>([]);
  private job = '';

  constructor(
    private readonly page: { readonly client: EngineClient; readonly fail: (error: unknown) => void },
  ) {}

  async start(session: string, models: readonly string[], startSeconds: number): Promise<void> {
    if (this.running || models.length === 0) return;
    this.running = true;
    this.job = crypto.randomUUID();
    try {
      const truth: string[] = [];
      for (const file of this.truth) truth.push(await uploadFile(file));
      const ask = { job: this.job, session, models: [...models], truth, start: startSeconds };
      this.result = await this.page.client.compareSession(ask);
    } catch (error) {
      this.page.fail(error);
    } finally {
      this.running = false;
    }
  }

  async cancel(): Promise<void> {
    await this.page.client.cancel({ job: this.job }).catch(() => undefined);
  }
}
