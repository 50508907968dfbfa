import { toUnbraidError } from '../../src-main/common/base/errors.js';
import { UnansweredError } from '../api/transport.js';
import type { EditReport, ShapeEvent } from '../../src-main/common/contract/session.js';
import { trackId } from '../../src-main/common/document/records.js';
import {
  presetShape,
  shapeOfPieces,
  type CleanValues,
  type ShapePreset,
} from '../../src-main/common/jobs/shapes.js';
import type { StemParents } from '../../src-main/common/jobs/stem-pieces.js';
import { Scope } from '../base/scope.js';
import type { LiveShaper } from '../playback/live-shaper.js';
import { PageTally } from '../playback/page-tally.js';
import type { SongDocument } from './document.svelte.js';

/** What clean and full need of the song they belong to. */
export interface ShapePort {
  readonly session: string;
  /** Of the song. */
  readonly frames: number;
  /** Names of the stems there are. */
  stems(): readonly string[];
  /** Frame that is heard. */
  position(): number;
  apply(clean: CleanValues, at: number): Promise<EditReport>;
  adopt(report: EditReport): void;
  /** Samples of all stems are others in this range. */
  refresh(range: { readonly start: number; readonly count: number }): void;
  /** What was to be refreshed is not worth it any more. */
  supersede(): void;
  fail(error: unknown): void;
}

interface Wanted {
  readonly values: CleanValues;
  /** The same for the same values. */
  readonly key: string;
}

/** A slider rests when it has not moved for so long; the engine has nothing to do before. */
const restMs = 150;

/**
 * How clean or full each stem is: values of the document. What is heard while a slider moves is made here, by a
 * LiveShaper; the engine, which renders the whole song, gets the values at which it rests, and gives up older ones.
 */
export class StemShape {
  readonly scope = new Scope();
  private sent = '{}';
  /** What the engine has rendered of the values it was sent last. */
  private rendered: PageTally;
  /** For the values to rest. */
  private waiting = false;
  /** Requests that the engine works on. */
  private rendering = 0;
  /** No answer came to the newest values. */
  private unanswered = false;
  /** Counts the separations. */
  private generation = 0;

  constructor(
    private readonly document: SongDocument,
    private readonly port: ShapePort,
    private readonly live: LiveShaper,
  ) {
    this.scope.add(live);
    this.rendered = new PageTally(port.frames);
  }

  /** −1 full … 0 as separated … 1 clean. */
  value(stem: string): number {
    return this.document.track(stem).clean ?? 0;
  }

  /** One gesture until it ends. */
  set(stem: string, value: number): void {
    this.document.update('step.clean', stem, { clean: value === 0 ? undefined : value }, `clean ${stem}`);
    this.preview();
  }

  /** Somebody points at a slider. */
  prepare(): void {
    this.live.prepare();
  }

  /** The stems have other edits. */
  edited(): void {
    this.live.forget();
  }

  /** `parents` says what the stems were separated from. */
  applyPreset(preset: ShapePreset, parents?: StemParents): void {
    const values = shapeOfPieces(presetShape(preset), this.port.stems(), parents);
    this.document.step({ text: `step.shape.${preset}` }, (tx) => {
      for (const stem of this.port.stems()) tx.update('track', trackId(stem), { clean: values[stem] });
    });
    this.preview();
  }

  /** The stems were made again: they are as separated. */
  forget(): void {
    this.generation++;
    this.sent = '{}';
    this.live.forget();
  }

  receive({ shaped, start, count }: ShapeEvent): void {
    // What the engine still writes of older values is not worth a look.
    if (shaped !== this.port.session || this.wanted().key !== this.sent) return;
    const page = this.rendered.add(start, count);
    if (page) this.port.refresh(page);
  }

  /** Sends again what did not come through. */
  async again(): Promise<void> {
    if (this.unanswered) this.sent = '';
    this.unanswered = false;
    await this.sync();
  }

  /** Brings the engine to what the document says; an effect of the view calls it when tracks change. */
  async sync(): Promise<void> {
    this.preview();
    if (this.waiting) return;
    this.waiting = true;
    try {
      const wanted = await this.atRest();
      if (wanted.key === this.sent) return this.returned();
      this.sent = wanted.key;
      this.rendered = new PageTally(this.port.frames);
      this.port.supersede();
      this.rendering++;
      void this.send(wanted.values).finally(() => this.rendering--);
    } finally {
      this.waiting = false;
    }
  }

  /** Until the engine has been asked for the document's values: what is exported must not be older. */
  async asked(): Promise<void> {
    while (this.waiting) await new Promise<void>((resolve) => this.scope.timer(resolve, 20));
  }

  /** The values of the document, when they have not changed for a while or the engine knows them. */
  private async atRest(): Promise<Wanted> {
    for (let wanted = this.wanted(); ;) {
      if (wanted.key === this.sent) return wanted;
      await new Promise<void>((resolve) => this.scope.timer(resolve, restMs));
      const now = this.wanted();
      if (now.key === wanted.key) return now;
      wanted = now;
    }
  }

  /** A slider came back to where it was: the samples of the engine are right. */
  private returned(): void {
    if (!this.live.active || this.rendering > 0) return;
    this.port.refresh({ start: 0, count: this.port.frames });
    this.live.want(null);
  }

  /** Lets the document's values be heard where the engine does not have them. */
  private preview(): void {
    const { values, key } = this.wanted();
    if (key !== this.sent || this.live.active)
      this.live.want(this.port.stems().map((stem) => values[stem] ?? 0));
  }

  private async send(values: CleanValues): Promise<void> {
    const { generation } = this;
    try {
      const report = await this.port.apply(values, this.port.position());
      if (generation !== this.generation) return;
      this.port.adopt(report);
      if (this.wanted().key === this.sent) this.live.want(null);
    } catch (error) {
      this.unanswered = error instanceof UnansweredError;
      // Newer values, or newer stems, took the place of these.
      if (toUnbraidError(error).code !== 'cancelled' && generation === this.generation) this.port.fail(error);
    }
  }

  private wanted(): Wanted {
    const named = this.port.stems().map((stem) => [stem, this.value(stem)] as const);
    const values = Object.fromEntries(named.filter(([, value]) => value !== 0));
    return { values, key: JSON.stringify(values) };
  }
}
