import { tileSize } from '../../../src-main/common/contract/session.js';

/** Level of a texel, dB; null for the floor, which stands for "−120 dB or less". */
export function texelDb(value: number): number | null {
  return value === 0 ? null : (value / 255) * 120 - 120;
}

/**
 * The level a tile holds at a position within it, dB. `column` and `bin` count from the tile's own corner;
 * `bytes` is uint8 [tileSize bins][tileSize columns].
 */
export function levelInTile(bytes: Uint8Array, column: number, bin: number): number | null {
  const clamp = (value: number): number => Math.min(Math.max(Math.floor(value), 0), tileSize - 1);
  return texelDb(bytes[clamp(bin) * tileSize + clamp(column)]);
}
