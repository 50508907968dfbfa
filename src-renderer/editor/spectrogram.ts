import { tileSize, type TileRequest } from '../../src-main/common/contract/session.js';
import type { Settings } from '../state/settings.svelte.js';
import type { SongController } from '../state/song.svelte.js';
import { levelInTile } from './tiles/level-at.js';
import { drawPlan } from './tiles/tile-plan.js';

type SpectrogramSettings = Pick<Settings, 'nFft' | 'window'>;

/** Overlap of the frames: a hop is a quarter of the window. */
const overlapFactor = 4;

/** The part of a tile request that all tiles of a lane share. */
export function spectrogramRequest(
  session: string,
  track: string,
  { nFft, window }: SpectrogramSettings,
): Omit<TileRequest, 'level' | 'column' | 'row'> {
  return { session, track, nFft, hop: nFft / overlapFactor, window };
}

/** The level of a track at a point, dB, from the finest tile that is here; null when none is, or at the floor. */
export function levelUnder(
  song: SongController,
  settings: SpectrogramSettings,
  track: string,
  point: { readonly frame: number; readonly hertz: number },
): number | null {
  const request = spectrogramRequest(song.info.session, track, settings);
  const grid = { nFft: request.nFft, hop: request.hop, length: song.info.frames };
  const bin = Math.round((point.hertz * request.nFft) / song.info.sampleRate);
  const row = Math.floor(bin / tileSize);
  const plan = drawPlan(grid, song.view.span);
  for (const level of new Set(plan.map((column) => column.level).reverse())) {
    const texel = Math.floor((point.frame / request.hop + 0.5) / 2 ** level);
    const column = Math.floor(texel / tileSize);
    const tile = song.tiles.peek({ ...request, level, column, row });
    if (tile) return levelInTile(tile.bytes, texel - column * tileSize, bin - row * tileSize);
  }
  return null;
}
