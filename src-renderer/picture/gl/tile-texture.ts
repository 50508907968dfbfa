import { tileSize } from '../../../src-main/common/contract/session.js';
import type { Tile } from '../tiles/tile-store.js';
import { LayerCache } from './layer-cache.js';

/** Layers of the texture array, 256 KiB each; one column of a picture with all its stems has room in it. */
const layerCount = 192;

/** Makes a texture and leaves it bound at a unit. */
export function makeTexture(gl: WebGL2RenderingContext, unit: number, target: number): void {
  gl.activeTexture(gl.TEXTURE0 + unit);
  gl.bindTexture(target, gl.createTexture());
  gl.texParameteri(target, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
  gl.texParameteri(target, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
  gl.texParameteri(target, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
  gl.texParameteri(target, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
}

/** The tiles on the graphics card, at texture unit 0. */
export class TileTexture {
  private readonly cache = new LayerCache(layerCount);

  constructor(private readonly gl: WebGL2RenderingContext) {}

  /** Makes the texture, and makes it again after the context was lost. */
  setUp(): void {
    const { gl } = this;
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    makeTexture(gl, 0, gl.TEXTURE_2D_ARRAY);
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.R8, tileSize, tileSize, layerCount);
    this.cache.clear();
  }

  /** The layer that holds a tile; uploads it if it must. */
  layerOf(tile: Tile): number {
    const { gl } = this;
    const { layer, upload } = this.cache.place(tile);
    if (!upload) return layer;
    gl.activeTexture(gl.TEXTURE0);
    const format = [gl.RED, gl.UNSIGNED_BYTE] as const;
    gl.texSubImage3D(gl.TEXTURE_2D_ARRAY, 0, 0, 0, layer, tileSize, tileSize, 1, ...format, tile.bytes);
    return layer;
  }
}
