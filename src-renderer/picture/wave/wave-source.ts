import type { Span } from '../viewport.js';
import { envelopeOfPeaks, envelopeOfSamples, type Envelope } from './envelope.js';

export interface WaveReader {
  readonly length: number;
  readonly channels: number;
  /** `[channels][columns][2]` */
  readonly peaks: (columns: number) => Promise<Float32Array>;
  readonly pcm: (start: number, count: number, signal: AbortSignal) => Promise<Float32Array>;
  /** Frames that are there now; none of the rest is empty for good. */
  readonly reach: () => number;
}

/** Columns of the peaks that are kept of a track. */
const peakColumns = 16384;
/** Spans up to this many frames are drawn from the samples themselves. */
const closeFrames = 1 << 18;

/** The waveform of one track: peaks of the whole song from afar, samples from close by. */
export class WaveSource {
  /** Frames there were of what was drawn last. */
  reach = Infinity;
  private peaks: { readonly samples: Float32Array; readonly reach: number } | null = null;
  private close: { readonly start: number; readonly samples: Float32Array; readonly reach: number } | null =
    null;
  private loadingClose: AbortController | null = null;
  private loadingPeaks = false;
  /** Peaks that could not be read are asked for again when something has changed. */
  private unreadable = false;
  private oldPeaks = false;
  private oldClose = false;

  constructor(
    private readonly reader: WaveReader,
    private readonly onLoaded: () => void,
  ) {}

  /** The samples are others: what is here is drawn until they have come. */
  refresh(): void {
    this.oldPeaks = this.oldClose = true;
    this.unreadable = false;
  }

  /** What there is of each channel for a span now; what is missing is fetched and announced. */
  envelopes(span: Span): readonly Envelope[] | null {
    const frames = span.framesPerPixel * span.width;
    const { length, channels } = this.reader;
    if (frames <= closeFrames && frames < length) {
      const { close } = this;
      const held =
        close &&
        close.start <= span.start &&
        close.start + close.samples.length / channels >= span.start + frames;
      if (!held || this.oldClose) void this.loadClose(span, frames);
      if (held) {
        this.reach = close.reach;
        return parts(close.samples, channels).map((plane) => envelopeOfSamples(plane, close.start, span));
      }
    }
    const { peaks } = this;
    if (!peaks || this.oldPeaks) void this.loadPeaks();
    this.reach = peaks?.reach ?? Infinity;
    return peaks && parts(peaks.samples, channels).map((plane) => envelopeOfPeaks(plane, length, span));
  }

  private async loadPeaks(): Promise<void> {
    if (this.loadingPeaks || this.unreadable) return;
    this.loadingPeaks = true;
    this.oldPeaks = false;
    const reach = this.reader.reach();
    const samples = await this.reader.peaks(Math.min(peakColumns, this.reader.length)).catch(() => null);
    if (samples) this.peaks = { samples, reach };
    this.loadingPeaks = false;
    this.unreadable = samples === null;
    this.onLoaded();
  }

  private async loadClose(span: Span, frames: number): Promise<void> {
    this.loadingClose?.abort();
    const loading = new AbortController();
    this.loadingClose = loading;
    this.oldClose = false;
    const reach = this.reader.reach();
    // A screen to either side, so that scrolling finds something.
    const start = Math.max(0, Math.floor(span.start - frames));
    const count = Math.min(this.reader.length - start, Math.ceil(3 * frames));
    const samples = await this.reader.pcm(start, count, loading.signal).catch(() => null);
    if (!samples || loading.signal.aborted) return;
    this.close = { start, samples, reach };
    this.onLoaded();
  }
}

/** The channels of what came in one piece. */
function parts(whole: Float32Array, channels: number): Float32Array[] {
  const each = whole.length / channels;
  return Array.from({ length: channels }, (_, ch) => whole.subarray(ch * each, (ch + 1) * each));
}
