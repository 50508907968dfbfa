import { tileSize } from '../../../src-main/common/contract/session.js';
import type { Span } from '../viewport.js';

/** The transform tiles are made with. */
export interface TileGrid {
  readonly nFft: number;
  readonly hop: number;
  /** Samples of the song. */
  readonly length: number;
}

/** A column of tiles of one level of detail. */
export interface TileColumn {
  readonly level: number;
  readonly column: number;
}

/** Samples one column of tiles spans. */
export function columnSamples(grid: TileGrid, level: number): number {
  return tileSize * grid.hop * 2 ** level;
}

/** Rows of tiles; the Nyquist bin alone gets none. */
export function tileRows(grid: TileGrid): number {
  return Math.ceil(grid.nFft / 2 / tileSize);
}

/** Rows of tiles that hold the bins from `low` to `high` (any numbers), lowest first. */
export function visibleRows(grid: TileGrid, low: number, high: number): number[] {
  const last = tileRows(grid) - 1;
  const rowOf = (bin: number): number => Math.min(Math.max(Math.floor(bin / tileSize), 0), last);
  const first = rowOf(low);
  return Array.from({ length: rowOf(high) - first + 1 }, (_, i) => first + i);
}

/** The level that holds the whole song in one column. */
export function coarsestLevel(grid: TileGrid): number {
  return Math.max(0, Math.ceil(Math.log2(grid.length / columnSamples(grid, 0))));
}

/** The finest level that has no more columns than pixels: one column covers at most one pixel … two pixels. */
export function levelFor(grid: TileGrid, samplesPerPixel: number): number {
  const level = Math.floor(Math.log2(samplesPerPixel / grid.hop));
  return Math.min(Math.max(level, 0), coarsestLevel(grid));
}

/** Columns of a level that a span shows, left to right. */
export function visibleColumns(grid: TileGrid, span: Span, level: number): TileColumn[] {
  const size = columnSamples(grid, level);
  const end = Math.min(grid.length, span.start + span.framesPerPixel * span.width);
  const first = Math.max(0, Math.floor(span.start / size));
  const last = Math.max(first, Math.ceil(end / size) - 1);
  return Array.from({ length: last - first + 1 }, (_, i) => ({ level, column: first + i }));
}

/**
 * What to draw, in order: the coarsest level (one column, always kept), then the level of the zoom, so that a tile
 * that has not come yet shows a blurred picture instead of nothing.
 */
export function drawPlan(grid: TileGrid, span: Span): TileColumn[] {
  const coarse = coarsestLevel(grid);
  const fine = levelFor(grid, span.framesPerPixel);
  const base = visibleColumns(grid, span, coarse);
  return fine === coarse ? base : [...base, ...visibleColumns(grid, span, fine)];
}

/**
 * The tiles of the zoom's level that are on screen, in these rows, from both edges to the middle of the view: whoever asks for
 * them in this order gets the middle first, because what was asked for last is fetched first.
 */
export function tilesInView(
  grid: TileGrid,
  span: Span,
  rows: readonly number[],
): (TileColumn & { readonly row: number })[] {
  const middle = span.start + (span.framesPerPixel * span.width) / 2;
  const off = ({ level, column }: TileColumn): number =>
    Math.abs((column + 0.5) * columnSamples(grid, level) - middle);
  const columns = visibleColumns(grid, span, levelFor(grid, span.framesPerPixel));
  return columns
    .sort((a, b) => off(b) - off(a))
    .flatMap((column) => rows.toReversed().map((row) => ({ ...column, row })));
}

/** Levels finer than that of the zoom whose tiles may stand in for its own: more would be too many to draw. */
const finerStandIns = 2;

/**
 * Tiles of other levels that may be here from before a zoom, in the order in which they lie above each other: coarser ones,
 * then finer ones. They show what has not come at the level of the zoom.
 */
export function standIns(grid: TileGrid, span: Span): TileColumn[] {
  const coarse = coarsestLevel(grid);
  const fine = levelFor(grid, span.framesPerPixel);
  const levels = Array.from({ length: Math.max(0, coarse - fine - 1) }, (_, i) => coarse - 1 - i);
  for (let level = Math.max(0, fine - finerStandIns); level < fine; level++) levels.push(level);
  return levels.flatMap((level) => visibleColumns(grid, span, level));
}
