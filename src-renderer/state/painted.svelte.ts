import { fillLasso, type Brush, type StrokePoint } from '../../src-main/common/separation/edits/shapes.js';
import { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import { axisFor, type FrequencyAxis } from '../picture/axis.js';
import { brushAt, scaledBrush, type BrushSize, type LaneScreen } from '../picture/painted/brush-size.js';
import { paintLine, paintOvertones, straightOn } from '../picture/painted/stroke.js';
import { boundsOf, maskGrid, type EditArea } from './edit-area.js';

/** Tools that paint a mask onto the lanes. */
export const paintTools = ['brush', 'eraser', 'lasso', 'harmonic'] as const;
export type PaintTool = (typeof paintTools)[number];

/**
 * The selection that is painted: a soft mask over the song, the same for all lanes. It is what a person has in hand,
 * like a selected range, and no part of the document; undo takes back strokes all the same (see drawn.svelte.ts).
 */
export class PaintedSelection {
  /** Changes with the mask. */
  version = $state(0);
  /** Changes when a stroke or another change of the mask has ended; a stroke that was given up changes nothing. */
  content = $state(0);
  /** Where it covers anything, known when a stroke has ended; null for nothing painted. */
  area = $state.raw<(EditArea & { readonly band: { readonly low: number; readonly high: number } }) | null>(
    null,
  );
  /** Corners of a lasso that is not closed yet. */
  corners = $state.raw<readonly StrokePoint[]>([]);
  size = $state.raw<BrushSize>({
    ...{ unit: 'screen', pixels: { width: 24, height: 16 } },
    ...{ ms: 60, octaves: 0.25, hertz: 120 },
  });
  /** 0 … 1: from soft in the middle to a sharp rim. */
  hardness = $state(0.5);
  /** 0 … 1, times the pressure of a pen. */
  strength = $state(1);
  /** Multiples of the fundamental that the harmonic brush takes, the first included. */
  overtones = $state(10);
  /** A change of the whole mask is being worked out. */
  working = $state(false);

  /** The lane that was painted on last; set by whoever paints. */
  screen: LaneScreen;

  private shown = new TileMask(maskGrid);
  /** What to go back to when a stroke is given up; null between strokes. */
  private before: TileMask | null = null;
  private contents = 0;
  private tool: PaintTool = 'brush';
  private last: StrokePoint | null = null;

  constructor(
    private readonly length: number,
    private readonly sampleRate: number,
  ) {
    this.screen = { axis: axisFor('log', sampleRate), framesPerPixel: maskGrid.hop, height: 200 };
  }

  /** What is drawn and applied; it changes in place while a stroke is made. */
  get mask(): TileMask {
    return this.shown;
  }

  /** Frames of the mask's grid that the song has. */
  get frames(): number {
    return Math.floor(this.length / maskGrid.hop) + 1;
  }

  /** A place in the song (frames, Hz) on the mask's grid. */
  place(frame: number, hertz: number, pressure = 1): StrokePoint {
    return { frame: frame / maskGrid.hop, bin: (hertz * maskGrid.nFft) / this.sampleRate, pressure };
  }

  /** A stroke, or a lasso, is being made. */
  get drawing(): boolean {
    return this.before !== null;
  }

  /** Shows an earlier mask, whose `content` it had then. */
  restore(mask: TileMask, content: number): void {
    if (content === this.content && !this.drawing) return;
    this.shown = mask.clone();
    this.settle(content);
  }

  begin(tool: PaintTool, point: StrokePoint): void {
    this.tool = tool;
    this.before ??= this.shown.clone();
    this.last = point;
    if (tool === 'lasso') this.corners = [...this.corners, point];
    else this.touch(point, point);
  }

  /** Goes on through places; between them the way is straight on a lane with this axis. */
  draw(places: readonly StrokePoint[], axis: FrequencyAxis): void {
    if (!this.before) return;
    const points = places.flatMap((place, i) => this.way(axis, places[i - 1] ?? this.last, place));
    if (this.tool === 'lasso') this.corners = [...this.corners, ...points];
    else for (const point of points) this.touch(this.last ?? point, point);
    this.last = points.at(-1) ?? this.last;
  }

  /** Ends a stroke; a lasso closes. */
  end(axis: FrequencyAxis): void {
    if (!this.before) return;
    if (this.corners.length > 0) this.draw([this.corners[0]], axis);
    fillLasso(this.shown, this.corners);
    this.settle(this.nextContent());
  }

  /** Gives up the stroke, or the lasso, that is being made; false when nothing is being made. */
  cancel(): boolean {
    if (!this.before) return false;
    this.shown = this.before;
    this.settle();
    return true;
  }

  /**
   * The same by keys: touches a place, or paints from the last place to this one. A lasso gets a corner at each
   * place, and closes at the joined one.
   */
  dab(tool: PaintTool, point: StrokePoint, joined: boolean, axis: FrequencyAxis): void {
    if (tool === 'lasso') {
      if (this.corners.length > 0) this.draw([point], axis);
      else this.begin(tool, point);
      if (joined) this.end(axis);
      return;
    }
    this.cancel();
    const from = this.last;
    this.begin(tool, joined && from ? from : point);
    this.draw([point], axis);
    this.end(axis);
  }

  /** Replaces the mask, by growing it for instance. */
  change(change: (mask: TileMask) => TileMask): void {
    this.cancel();
    this.shown = change(this.shown);
    this.settle(this.nextContent());
  }

  /** Replaces the mask by one that is worked out elsewhere. What is painted meanwhile wins: the other is dropped. */
  async changeLater(work: (mask: TileMask) => Promise<TileMask>): Promise<void> {
    if (this.working) return;
    this.cancel();
    const { version } = this;
    this.working = true;
    try {
      const made = await work(this.shown);
      if (this.version === version) this.change(() => made);
    } finally {
      this.working = false;
    }
  }

  clear(): void {
    this.cancel();
    this.last = null;
    if (!this.shown.empty) this.change(() => new TileMask(maskGrid));
  }

  /** Where the brush is, and how large, on the mask's grid, when it is put on a place of a lane. */
  brushOn(screen: LaneScreen, point: StrokePoint): ReturnType<typeof brushAt> {
    return brushAt(this.size, point, screen, this.sampleRate);
  }

  /** Makes the brush so many times as large. */
  resize(factor: number): void {
    this.size = scaledBrush(this.size, factor);
  }

  private way(axis: FrequencyAxis, from: StrokePoint | null, to: StrokePoint): StrokePoint[] {
    return from ? straightOn(axis, this.sampleRate / maskGrid.nFft, from, to) : [to];
  }

  /** Numbers are not given twice: after undo a new stroke is not taken for the one that was taken back. */
  private nextContent(): number {
    return ++this.contents;
  }

  private settle(content = this.content): void {
    this.content = content;
    this.before = null;
    this.corners = [];
    this.version++;
    this.area = boundsOf(this.shown, this.length, this.sampleRate);
  }

  /** Paints one piece of a stroke. Touching a place twice is the same as once, so pieces may overlap. */
  private touch(from: StrokePoint, to: StrokePoint): void {
    const { hardness, strength, overtones, tool } = this;
    const start = { ...from, bin: this.brushOn(this.screen, from).bin };
    const { frames, bins, bin } = this.brushOn(this.screen, to);
    const brush: Brush = { frames, bins, hardness, strength, erase: tool === 'eraser' };
    // Overtones are multiples of the frequency itself, wherever its pixels lie.
    if (tool === 'harmonic') paintOvertones(this.shown, from, to, brush, overtones);
    else paintLine(this.shown, start, { ...to, bin }, brush);
    this.version++;
  }
}
