import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { SessionInfo } from '../../src-main/common/contract/session.js';
import type { SongDocument } from './document.svelte.js';
import { sentEdits } from './edit-port.js';
import type { SentMasks } from './sent-masks.js';
import type { StemEdits } from './stem-edits.svelte.js';

/** The song whose stems these are. */
interface Song {
  info: SessionInfo;
  readonly document: SongDocument;
  readonly edits: Pick<StemEdits, 'wanted'>;
  readonly masks: Pick<SentMasks, 'sendWaiting'>;
  readonly separation: { readonly status: { readonly state: string } };
  readonly project: { keepStems(): void };
  /** Shows and plays what the session has now. */
  adopt(info: SessionInfo): void;
}

/** The stems that a song has and had: a separation that replaces some is a step. */
export class StemSets {
  /** One change at a time, in the order in which they were asked for. */
  private chain: Promise<void> = Promise.resolve();

  constructor(
    private readonly song: Song,
    private readonly client: Pick<EngineClient, 'useStems' | 'deleteStems'>,
    private readonly fail: (error: unknown) => void,
  ) {
    song.document.stems = this;
  }

  /** Whether others may be used: not while a separation makes some. */
  get free(): boolean {
    return this.song.separation.status.state !== 'running';
  }

  /** A separation is done: what it replaced can be brought back. */
  separated(info: SessionInfo): void {
    this.note('step.separate', info);
    this.take(info);
  }

  /** Brings earlier stems back because a person said so: a step. */
  bringBack(stems: string): Promise<void> {
    return this.change(async () => {
      const info = await this.used(stems);
      this.note('step.stems', info);
      this.take(info);
    });
  }

  /** The same by undo and redo, which are no steps. */
  use(stems: string): void {
    void this.change(async () => {
      if (this.song.info.stems !== stems) this.take(await this.used(stems));
    });
  }

  delete(stems: string): Promise<void> {
    return this.change(async () => {
      const { session } = this.song.info;
      const { earlier } = await this.client.deleteStems({ session, stems });
      this.song.document.forgetStems(stems);
      this.song.info = { ...this.song.info, earlier };
      // The journal counts steps: it must not go on with those that are gone.
      this.song.project.keepStems();
    });
  }

  private note(text: 'step.separate' | 'step.stems', { stems }: SessionInfo): void {
    const { stems: before } = this.song.info;
    if (before === null || stems === null || before === stems) return;
    this.song.document.useStems(text, { from: before, to: stems });
  }

  /** The song with these stems and its edits: they come together, so that no track comes late. */
  private async used(stems: string): Promise<SessionInfo> {
    const { edits, info, masks } = this.song;
    const { session } = info;
    await masks.sendWaiting(session);
    return this.client.useStems({ session, stems, edits: sentEdits(edits.wanted().edits) });
  }

  private take(info: SessionInfo): void {
    this.song.adopt(info);
    this.song.project.keepStems();
  }

  private change(work: () => Promise<void>): Promise<void> {
    return (this.chain = this.chain.then(work).catch(this.fail));
  }
}
