import { tileSize, type SpectrumMethod, type TileRequest } from '../../src-main/common/contract/session.js';
import type { Settings } from '../state/settings.svelte.js';
import type { SongController } from '../state/song.svelte.js';
import type { LanePoint } from './cursor.js';
import { levelInTile } from '../picture/tiles/level-at.js';
import { windowFor } from '../picture/viewport.js';
import { drawPlan, type TileGrid } from '../picture/tiles/tile-plan.js';

export type SpectrogramSettings = Pick<Settings, 'nFft' | 'overlap' | 'window' | 'channels'> & {
  readonly method: SpectrumMethod;
};

/** The transform of pictures that are combined or reassigned, samples, and its overlap: enough for the shortest window. */
const fineGrid = { nFft: 4096, overlap: 16 } as const;

/**
 * Reassigned tiles cost several times what others do. From further away than this a pixel holds so many of their frames that
 * nothing would be seen of it: the picture of several windows takes their place. Frames per pixel.
 */
const furthestReassigned = 2048;

/** The transform that is shown now. */
export function transformOf(
  { nFft, windows, overlap, window, channels }: Settings,
  { span }: SongController['view'],
): SpectrogramSettings {
  if (windows === 'combined' || windows === 'reassigned') {
    const far = span.framesPerPixel > furthestReassigned;
    return { ...fineGrid, window, channels, method: far ? 'combined' : windows };
  }
  const length = windows === 'zoom' ? windowFor(span.framesPerPixel) : nFft;
  return { nFft: length, overlap, window, channels, method: 'window' };
}

export function sameTransform(a: SpectrogramSettings, b: SpectrogramSettings): boolean {
  return (['nFft', 'overlap', 'window', 'channels', 'method'] as const).every((key) => a[key] === b[key]);
}

/** The part of a tile request that all tiles of a lane share. */
export function spectrogramRequest(
  session: string,
  track: string,
  { nFft, overlap, window, channels, method }: SpectrogramSettings,
): Omit<TileRequest, 'level' | 'column' | 'row'> {
  return { session, track, nFft, hop: nFft / overlap, window, channels, method };
}

/** The grid of all tiles of a song `length` frames long. */
export function spectrogramGrid({ nFft, overlap }: SpectrogramSettings, length: number): TileGrid {
  return { nFft, hop: nFft / overlap, length };
}

/**
 * The level of a track at a point, dB, from the finest tile that is here; null at the floor, undefined when no tile
 * has come. With `fetch`, a tile that is missing is asked for.
 */
export function levelUnder(
  song: SongController,
  settings: Settings,
  track: string,
  point: LanePoint,
  fetch = false,
): number | null | undefined {
  const transform = transformOf(settings, song.view);
  const request = spectrogramRequest(song.info.session, track, transform);
  const grid = spectrogramGrid(transform, song.info.frames);
  const bin = Math.min(Math.round((point.hertz * grid.nFft) / song.info.sampleRate), grid.nFft / 2 - 1);
  const row = Math.floor(bin / tileSize);
  const levels = new Set(drawPlan(grid, song.view.span).map(({ level }) => level));
  for (const level of [...levels].reverse()) {
    const texel = Math.floor((point.frame / grid.hop + 0.5) / 2 ** level);
    const column = Math.floor(texel / tileSize);
    const wanted = { ...request, level, column, row };
    const tile = fetch ? song.tiles.get(wanted) : song.tiles.peek(wanted);
    if (tile) return levelInTile(tile.bytes, texel - column * tileSize, bin - row * tileSize);
  }
  return undefined;
}

/** What can be read at a point of a lane. */
export interface Reading {
  /** dB; null at the floor, undefined when it is not known yet. */
  readonly db: number | null | undefined;
  /** The loudest stem; null before a separation and where all are at the floor. */
  readonly loudest: string | null;
}

/** Reads a lane, and which stem is the loudest there. */
export function readingAt(
  song: SongController,
  settings: Settings,
  track: string,
  point: LanePoint,
  fetch = false,
): Reading {
  const db = levelUnder(song, settings, track, point, fetch);
  let [loudest, most]: [string | null, number] = [null, -Infinity];
  for (const { id, kind } of song.separated ? song.tracks : []) {
    const level = kind === 'stem' ? levelUnder(song, settings, id, point, fetch) : null;
    if (level !== null && level !== undefined && level > most) [loudest, most] = [id, level];
  }
  return { db, loudest };
}
