import { bandBetween, scrollBand, zoomBand } from '../picture/band.js';
import { axisFor, type AxisKind, type Band, type FrequencyAxis } from '../picture/axis.js';
import { clampSpan, followSpan, zoomSpan, type Span } from '../picture/viewport.js';
import type { Hover, LaneCursor } from './lane-cursor.js';
import { PaintedSelection, paintTools, type PaintTool } from './painted.svelte.js';
import { Panels } from './panels.svelte.js';

/** A range of the song, frames, end excluded. */
export interface FrameRange {
  readonly start: number;
  readonly end: number;
}

/**
 * What a drag over a lane selects: a range of time, one of time and frequency, or what is painted. With the wand it is
 * a range of time, and a click puts the wand there.
 */
export type SelectionTool = 'time' | 'rectangle' | 'wand' | PaintTool;

/** The part of the song on screen, the selection and the cursor. */
export class SongView {
  span = $state.raw<Span>({ start: 0, framesPerPixel: 1024, width: 1 });
  selection = $state.raw<FrameRange | null>(null);
  /** The frequencies of the selection, null for all of them; never without a selection. */
  selectedBand = $state.raw<Band | null>(null);
  tool = $state<SelectionTool>('time');
  loop = $state(false);
  /** The playhead is kept on screen while it plays; not any more once a person has scrolled. */
  following = $state(true);
  /** Where playing began last, frames. */
  playedFrom = 0;
  /** How much earlier playing begins, frames. */
  preRoll = 0;
  hover = $state.raw<Hover | null>(null);
  /** Where the keys are in a lane that has the focus. */
  cursor = $state.raw<LaneCursor | null>(null);
  /** The track whose lane should take the focus. */
  cursorWanted = $state<string | null>(null);
  /** Where a menu for the selection is open, pixels of the window; null for none. */
  menuAt = $state.raw<{ readonly x: number; readonly y: number } | null>(null);
  /** The lane that is meant fills the space, and the others are strips. */
  focusing = $state(false);
  /** How often the list of steps was asked for by its key. */
  historyAsked = $state(0);
  /** Grows when the menu of the beats is asked for. */
  beatsAsked = $state(0);
  /** A selection is being drawn or dragged by the pointer. */
  dragging = $state(false);
  /** The frequencies that all lanes show; null for the whole axis. */
  band = $state.raw<Band | null>(null);
  /** The range of colours that what is in view asks for, dB; null before anything has come. */
  autoLook = $state.raw<{ readonly gainDb: number; readonly rangeDb: number } | null>(null);
  /** In the source's lane: all stems in their colours, and where they compete. */
  blended = $state(false);
  heated = $state(false);
  readonly painted: PaintedSelection;
  readonly panels = new Panels();

  constructor(
    readonly length: number,
    readonly sampleRate: number,
  ) {
    this.painted = new PaintedSelection(length, sampleRate);
  }

  /** The tool, if it is one that paints. */
  get paintTool(): PaintTool | null {
    return paintTools.find((tool) => tool === this.tool) ?? null;
  }

  /** A tool is in hand that has a size. */
  get sizedTool(): boolean {
    return this.paintTool !== null && this.paintTool !== 'lasso';
  }

  /** Takes a tool; the one that is taken already goes back to selecting time. */
  toggleTool(tool: SelectionTool): void {
    this.tool = this.tool === tool ? 'time' : tool;
  }

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

  /** Scrolls by hand, in pixels. */
  scroll(pixels: number): void {
    this.scrollTo(this.span.start + pixels * this.span.framesPerPixel);
  }

  /** Scrolls by hand to what should be at the left, frames. */
  scrollTo(start: number): void {
    this.following = false;
    this.moveTo(start);
  }

  moveTo(start: number): void {
    this.span = clampSpan({ ...this.span, start }, this.length);
  }

  fit(): void {
    this.span = clampSpan({ ...this.span, start: 0, framesPerPixel: Infinity }, this.length);
  }

  /** Keeps a playhead that moves on screen. */
  follow(position: number): void {
    if (this.following) this.span = followSpan(this.span, position, this.length);
  }

  frameAt(x: number): number {
    const frame = Math.round(this.span.start + x * this.span.framesPerPixel);
    return Math.min(Math.max(frame, 0), this.length);
  }

  /** Pixels from the left edge of the lanes; outside of [0, width) when not on screen. */
  pixelOf(frame: number): number {
    return (frame - this.span.start) / this.span.framesPerPixel;
  }

  /** Brings a frame on screen, with room around it. */
  show(frame: number): void {
    const x = this.pixelOf(frame);
    if (x >= 0 && x < this.span.width) return;
    this.moveTo(frame - (this.span.framesPerPixel * this.span.width) / 2);
  }

  axis(kind: AxisKind): FrequencyAxis {
    return axisFor(kind, this.sampleRate, this.band);
  }

  /** Zooms in frequency about height `y` of the lanes, 0 at the bottom … 1. */
  zoomBand(kind: AxisKind, factor: number, y = 0.5): void {
    this.band = zoomBand(this.axis(kind), this.sampleRate, y, factor);
  }

  /** Scrolls up in frequency by a share of the lanes' height. */
  scrollBand(kind: AxisKind, share: number): void {
    this.band = scrollBand(this.axis(kind), this.sampleRate, share);
  }

  /** Shows the frequencies between two, Hz, in any order. */
  showBand(a: number, b: number): void {
    this.band = bandBetween(a, b, this.sampleRate);
  }

  /** Selects between two frames in any order; nothing when they are the same. The band stays as it is. */
  select(a: number, b: number): void {
    const [start, end] = [Math.max(0, Math.min(a, b)), Math.min(this.length, Math.max(a, b))].map(Math.round);
    this.selection = end > start ? { start, end } : null;
    if (!this.selection) this.selectedBand = null;
  }

  /** Makes a range of time and its frequencies, null for all, the selection. */
  hold({ start, end, band }: FrameRange & { readonly band: Band | null }): void {
    this.select(start, end);
    if (band && this.selection) this.selectBand(band.low, band.high);
    else this.selectedBand = null;
  }

  selectAll(): void {
    this.hold({ start: 0, end: this.length, band: null });
  }

  /** Selects the frequencies between two, Hz, in the selected time or in all of it. */
  selectBand(a: number, b: number): void {
    this.selection ??= { start: 0, end: this.length };
    this.selectedBand = bandBetween(a, b, this.sampleRate);
  }

  /** What is played over and over: the selection, else everything; null when nothing is. */
  get loopRange(): FrameRange | null {
    return this.loop ? (this.selection ?? { start: 0, end: this.length }) : null;
  }

  /** Paints at the lane's cursor, by keys; `joined` from the last place to it. */
  dab(kind: AxisKind, joined: boolean): void {
    const { painted, paintTool, cursor } = this;
    if (!paintTool || !cursor) return;
    painted.dab(paintTool, painted.place(cursor.frame, cursor.hertz), joined, this.axis(kind));
  }

  /** Gives up a stroke that is being made, else leaves the tool in hand; nothing that was made goes. */
  escape(): void {
    if (!this.painted.cancel()) this.tool = 'time';
  }

  /** Clears what is selected and painted. */
  clearSelection(): void {
    this.painted.clear();
    this.selection = null;
    this.selectedBand = null;
  }
}
