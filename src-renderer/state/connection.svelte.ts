import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { HostState, PageTransport } from '../api/transport.js';

/** Whether the host of this page is there; one that was started anew has no songs open. */
export class Connection {
  state = $state<HostState>('there');
  /** The start of the host that this page has talked to last. */
  private run: string | null = null;

  constructor(
    transport: PageTransport,
    private readonly client: Pick<EngineClient, 'hostInfo'>,
    /** Called when the host answers again; `restarted` when it is another one. */
    private readonly onBack: (restarted: boolean) => void,
  ) {
    transport.watch?.((state) => void this.receive(state));
  }

  private async receive(state: HostState): Promise<void> {
    const before = this.state;
    if (state !== 'there') {
      this.state = state;
      return;
    }
    const info = await this.client.hostInfo({}).catch(() => null);
    if (!info) return;
    const restarted = this.run !== null && this.run !== info.run;
    this.run = info.run;
    this.state = 'there';
    if (before !== 'there' || restarted) this.onBack(restarted);
  }
}
