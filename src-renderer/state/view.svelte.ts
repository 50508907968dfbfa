import { clampSpan, followSpan, zoomSpan, type Span } from '../editor/viewport.js';

/** A range of the song, frames, end excluded. */
export interface FrameRange {
  readonly start: number;
  readonly end: number;
}

/** What the pointer is over. */
export interface Hover {
  readonly track: string;
  /** Frames from the start of the song. */
  readonly frame: number;
  /** Null over a waveform. */
  readonly hertz: number | null;
  readonly db: number | null;
}

/** The part of the song on screen, the selection and the cursor. */
export class SongView {
  span = $state.raw<Span>({ start: 0, framesPerPixel: 1024, width: 1 });
  selection = $state.raw<FrameRange | null>(null);
  loop = $state(false);
  hover = $state.raw<Hover | null>(null);

  constructor(
    readonly length: number,
    readonly sampleRate: number,
  ) {}

  /** Called with the width of the lanes; the first one fits the song. */
  resize(width: number): void {
    if (width <= 0 || width === this.span.width) return;
    const fitted = this.span.framesPerPixel * this.span.width >= this.length * 0.999 || this.span.width === 1;
    const framesPerPixel = fitted ? this.length / width : this.span.framesPerPixel;
    this.span = clampSpan({ ...this.span, width, framesPerPixel }, this.length);
  }

  zoom(factor: number, x = this.span.width / 2): void {
    this.span = zoomSpan(this.span, x, factor, this.length);
  }

  scroll(pixels: number): void {
    this.moveTo(this.span.start + pixels * this.span.framesPerPixel);
  }

  moveTo(start: number): void {
    this.span = clampSpan({ ...this.span, start }, this.length);
  }

  fit(): void {
    this.span = clampSpan({ ...this.span, start: 0, framesPerPixel: Infinity }, this.length);
  }

  follow(position: number): void {
    this.span = followSpan(this.span, position, this.length);
  }

  frameAt(x: number): number {
    const frame = Math.round(this.span.start + x * this.span.framesPerPixel);
    return Math.min(Math.max(frame, 0), this.length);
  }

  /** Pixels from the left edge of the lanes; outside of [0, width) when not on screen. */
  pixelOf(frame: number): number {
    return (frame - this.span.start) / this.span.framesPerPixel;
  }

  /** Selects between two frames in any order; nothing when they are the same. */
  select(a: number, b: number): void {
    const [start, end] = [Math.max(0, Math.min(a, b)), Math.min(this.length, Math.max(a, b))].map(Math.round);
    this.selection = end > start ? { start, end } : null;
  }
}
