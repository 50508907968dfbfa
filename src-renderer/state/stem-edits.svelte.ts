import { toUnbraidError, type UnbraidError } from '../../src-main/common/base/errors.js';
import type { SessionEvent, StemEdit } from '../../src-main/common/contract/session.js';
import type { Progress } from '../../src-main/common/jobs/progress.js';
import { Scope } from '../base/scope.js';
import { EditSteps } from './edit-steps.js';
import type { EditPort } from './edit-port.js';
import type { SongDocument } from './document.svelte.js';
import type { StepName } from './step-name.js';
import type { EditArea } from './edit-area.js';
import { maskBytes, recordOf, renderedEdit, type EditRequest, type PlacedEdit } from './edit-request.js';

/** Edits that were asked for, and whether they were given up before they were a step. */
interface Asked {
  given: boolean;
}

/** Pause before what a full disk has stopped is tried again, ms. */
const retryMs = 10_000;

/**
 * The edits of the stems: records of the document, which the engine renders. The document says what should be; the
 * engine is brought to it, one change after the other, and the page adopts what comes back.
 */
export class StemEdits extends EditSteps {
  /** Something is being worked out or rendered. */
  private working = $state(false);
  /** How many additions are not done. */
  private turns = $state(0);
  /** What the engine renders; null when it does not, or has not reported yet. */
  progress = $state.raw<Progress | null>(null);
  cancelling = $state(false);
  error = $state.raw<UnbraidError | null>(null);
  /** Edits that name a stem the song does not have at the moment. */
  skipped = $state.raw<readonly string[]>([]);
  private job: string | null = null;
  /** What was asked for and is not a step yet, the newest last: it is being found, or waits for its turn. */
  private asked: Asked[] = [];
  /** One after the other, in the order in which they were asked for. */
  private line: Promise<void> = Promise.resolve();
  private syncing: Promise<void> | null = null;
  readonly scope = new Scope();
  private rendered = '[]';
  private failed = '';
  /** Counts the separations: what comes back for the stems of an earlier one says nothing about these. */
  private stems = 0;
  /** What was done last when the stems came or the engine was asked: no later request is that one's. */
  private settled: object | null = null;

  constructor(
    document: SongDocument,
    private readonly port: EditPort,
  ) {
    super(document);
  }

  get busy(): boolean {
    return this.working || this.turns > 0;
  }

  /** Adds an edit over an area, as one step. What the engine refuses shows as `error`. */
  add(area: EditArea, request: EditRequest): Promise<void> {
    const { kind, sources, target } = request;
    // What is taken from all stems is taken from the song.
    const stem = target ?? (sources.length > 1 ? 'source' : sources[0]);
    return this.addAll({ text: `step.edit.${kind}`, stem }, () => Promise.resolve([{ area, ...request }]));
  }

  /**
   * Adds edits that may have to be worked out, as one step; without any, no step is made. While others are being worked
   * out these wait.
   */
  addAll(name: StepName, find: () => Promise<readonly PlacedEdit[]>): Promise<void> {
    const asked = { given: false };
    this.asked.push(asked);
    this.turns++;
    return (this.line = this.line.then(async () => {
      while (this.syncing) await this.syncing;
      if (!asked.given) await this.addNow(asked, name, find);
      this.asked = this.asked.filter((other) => other !== asked);
      await this.sync().finally(() => this.turns--);
    }));
  }

  private async addNow(
    asked: Asked,
    name: StepName,
    find: () => Promise<readonly PlacedEdit[]>,
  ): Promise<void> {
    this.working = true;
    this.error = null;
    const { sampleRate } = this.port;
    try {
      const edits = await find();
      const masks: string[] = [];
      for (const edit of edits) masks.push(await this.port.sendMask(maskBytes(edit, sampleRate)));
      const first = 1 + Math.max(-1, ...this.document.edits.map((edit) => edit.order));
      const records = edits.map((edit, i) =>
        recordOf(edit, { mask: masks[i], order: first + i, sampleRate }),
      );
      if (records.length > 0 && !asked.given)
        this.document.step(name, (tx) => records.forEach((record) => tx.put(record)));
    } catch (error) {
      this.error = toUnbraidError(error);
    } finally {
      this.working = false;
      // From now on it is a step, which undo takes back.
      this.asked = this.asked.filter((other) => other !== asked);
    }
  }

  /** Takes back what is still being worked out, before it is a step; false if nothing is. */
  giveUp(): boolean {
    const newest = this.asked.findLast(({ given }) => !given);
    if (newest) newest.given = true;
    return newest !== undefined;
  }

  /** Gives up what is being rendered; what asked for it, a step or undo, is taken back. */
  cancel(): void {
    if (!this.job || this.cancelling) return;
    this.cancelling = true;
    this.port.cancel(this.job);
  }

  receive({ job, progress }: Pick<SessionEvent, 'job' | 'progress'>): void {
    if (job === this.job) this.progress = progress;
  }

  /** The stems were made again: everything that was rendered is gone. */
  forget(): void {
    this.stems++;
    this.settled = this.document.latest;
    this.rendered = '[]';
    this.failed = '';
  }

  /** Whether the stems sound other than the document says, because the engine has failed. */
  get behind(): boolean {
    return this.failed !== '';
  }

  /** Tries again what did not come through. */
  async again(): Promise<void> {
    this.failed = '';
    await this.sync();
  }

  /** Brings the engine to what the document says; an effect of the view calls it when edits change. */
  async sync(): Promise<void> {
    if (this.working) return;
    this.syncing = this.bring();
    await this.syncing.finally(() => (this.syncing = null));
  }

  private async bring(): Promise<void> {
    for (let wanted = this.wanted(); wanted.key !== this.rendered; wanted = this.wanted()) {
      // What failed once is not tried again until something changes.
      if (wanted.key === this.failed) return;
      const { stems } = this;
      const { latest } = this.document;
      const asks = latest !== null && latest !== this.settled;
      this.settled = latest;
      this.working = true;
      this.job = crypto.randomUUID();
      this.error = null;
      try {
        const report = await this.port.apply(wanted.edits, this.job);
        if (stems !== this.stems) continue;
        this.rendered = wanted.key;
        this.failed = '';
        this.skipped = report.skipped;
        this.port.adopt(report);
      } catch (error) {
        if (stems !== this.stems) continue;
        const failure = toUnbraidError(error);
        // Only when nothing was done since: else something else would be taken back.
        const isNewest = asks && this.document.latest === latest;
        const stopped = failure.code === 'cancelled';
        // Only what the person gave up: a host that ends cancels as well, and that must not cost a step.
        if (stopped && this.cancelling && isNewest) this.document.takeBack();
        else this.error = failure;
        // The disk may have room again by then: the sound must not stay behind the document.
        if (failure.code === 'disk-full' || failure.code === 'io-error' || (stopped && !this.cancelling))
          this.scope.timer(() => void this.again(), retryMs);
        if (isNewest) this.settled = this.document.latest;
        this.failed = wanted.key;
      } finally {
        this.working = false;
        this.cancelling = false;
        this.progress = null;
        this.job = null;
      }
    }
  }

  wanted(): { readonly edits: readonly StemEdit[]; readonly key: string } {
    const edits = this.document.edits.filter(({ enabled }) => enabled).map(renderedEdit);
    return { edits, key: JSON.stringify(edits) };
  }
}
