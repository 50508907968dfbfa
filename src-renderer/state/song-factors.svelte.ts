import { toUnbraidError, type WireError } from '../../src-main/common/base/errors.js';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { SessionFactors } from '../../src-main/common/contract/factors.js';

/** W and H of a song's stems, while they are looked at. */
export class SongFactors {
  /** Null while they are found. */
  found = $state.raw<SessionFactors | null>(null);
  error = $state.raw<WireError | null>(null);
  private readonly job = crypto.randomUUID();
  private ended = false;

  constructor(private readonly client: Pick<EngineClient, 'sessionFactors' | 'cancel'>) {}

  /** Finds those around a second of the song. Never rejects. */
  async find(session: string, at: number): Promise<void> {
    try {
      this.found = await this.client.sessionFactors({ job: this.job, session, at });
    } catch (error) {
      if (!this.ended) this.error = toUnbraidError(error).toWire();
    }
  }

  /** Nobody looks any more. */
  end(): void {
    this.ended = true;
    if (this.found === null && this.error === null)
      void this.client.cancel({ job: this.job }).catch(() => undefined);
  }
}
