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
    /** Called when the host answers again, or something did not come through; `restarted` when it is another one. */
    private readonly onBack: (restarted: boolean) => void,
  ) {
    transport.watch?.((state) => void this.receive(state));
  }

  private async receive(state: HostState): Promise<void> {
    if (state !== 'there') {
      this.state = state;
      return;
    }
    const info = await this.client.hostInfo({}).catch(() => null);
    if (!info) return;
    const { run } = this;
    this.run = info.run;
    this.state = 'there';
    if (run !== null) this.onBack(run !== info.run);
  }
}
