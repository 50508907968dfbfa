import { tileSize, type TileRequest } from '../../../src-main/common/contract/session.js';
import type { Disposable } from '../../../src-main/common/base/disposal.js';
import { hertzToMel } from '../../../src-main/common/dsp/mel.js';
import { columnSamples, drawPlan, tileRows, type TileColumn, type TileGrid } from '../tiles/tile-plan.js';
import type { Tile } from '../tiles/tile-store.js';
import type { Span } from '../viewport.js';
import { axisKinds, type FrequencyAxis } from './axis.js';
import { colourMap, type ColourMapName } from './colour-maps.js';
import { LayerCache } from './layer-cache.js';
import { linkProgram, openContext } from './program.js';
import { fragmentShader, maxTileRows, vertexShader } from './shaders.js';

/** What one lane shows. */
export interface Picture {
  readonly grid: TileGrid;
  readonly span: Span;
  readonly axis: FrequencyAxis;
  readonly sampleRate: number;
  readonly colours: ColourMapName;
  readonly gainDb: number;
  readonly rangeDb: number;
  /** The tile if it is here. */
  readonly tile: (place: Pick<TileRequest, 'level' | 'column' | 'row'>) => Tile | null;
}

/** Layers of the texture array, 256 KiB each. */
const layerCount = 192;

type UniformName =
  | 'clipX'
  | 'texelX'
  | 'layers'
  | 'axis'
  | 'warped'
  | 'binsPerHertz'
  | 'lastBin'
  | 'pixelHeight'
  | 'gainRange';

/**
 * Draws spectrograms of any number of lanes with one WebGL context: browsers allow only a few of them. Each lane
 * is drawn here and copied to its own canvas.
 */
export class SpectrogramPainter implements Disposable {
  private readonly canvas = document.createElement('canvas');
  private readonly gl: WebGL2RenderingContext;
  private readonly cache = new LayerCache(layerCount);
  private uniforms!: Record<UniformName, WebGLUniformLocation | null>;
  private colours: ColourMapName | null = null;
  private readonly scratch = new Int32Array(maxTileRows);

  /** Throws `device-unavailable` without WebGL 2. */
  constructor(private readonly onRestored: () => void = () => undefined) {
    this.gl = openContext(this.canvas);
    this.canvas.addEventListener('webglcontextlost', (event) => event.preventDefault());
    this.canvas.addEventListener('webglcontextrestored', () => {
      this.setUp();
      this.onRestored();
    });
    this.setUp();
  }

  /** Draws into `target` at its full size. */
  draw(picture: Picture, target: CanvasRenderingContext2D): void {
    const { width, height } = target.canvas;
    const { gl } = this;
    if (width === 0 || height === 0 || gl.isContextLost()) return;
    if (this.canvas.width < width) this.canvas.width = width;
    if (this.canvas.height < height) this.canvas.height = height;
    // The lane sits in the upper left corner; GL counts from below.
    gl.viewport(0, this.canvas.height - height, width, height);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    this.useColours(picture.colours);
    this.setPicture(picture, height);
    for (const column of drawPlan(picture.grid, picture.span)) this.drawColumn(picture, column);
    target.clearRect(0, 0, width, height);
    target.drawImage(this.canvas, 0, 0, width, height, 0, 0, width, height);
  }

  dispose(): void {
    this.gl.getExtension('WEBGL_lose_context')?.loseContext();
  }

  private setUp(): void {
    const { gl } = this;
    const program = linkProgram(gl, vertexShader, fragmentShader);
    gl.useProgram(program);
    const at = (name: string): WebGLUniformLocation | null => gl.getUniformLocation(program, name);
    this.uniforms = {
      clipX: at('clipX'),
      texelX: at('texelX'),
      layers: at('layers'),
      axis: at('axis'),
      warped: at('warped'),
      binsPerHertz: at('binsPerHertz'),
      lastBin: at('lastBin'),
      pixelHeight: at('pixelHeight'),
      gainRange: at('gainRange'),
    };
    gl.uniform1i(at('tiles'), 0);
    gl.uniform1i(at('colours'), 1);
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
    this.makeTexture(0, gl.TEXTURE_2D_ARRAY);
    gl.texStorage3D(gl.TEXTURE_2D_ARRAY, 1, gl.R8, tileSize, tileSize, layerCount);
    this.makeTexture(1, gl.TEXTURE_2D);
    this.cache.clear();
    this.colours = null;
  }

  private makeTexture(unit: number, target: number): void {
    const { gl } = this;
    gl.activeTexture(gl.TEXTURE0 + unit);
    gl.bindTexture(target, gl.createTexture());
    gl.texParameteri(target, gl.TEXTURE_MIN_FILTER, gl.LINEAR);
    gl.texParameteri(target, gl.TEXTURE_MAG_FILTER, gl.LINEAR);
    gl.texParameteri(target, gl.TEXTURE_WRAP_S, gl.CLAMP_TO_EDGE);
    gl.texParameteri(target, gl.TEXTURE_WRAP_T, gl.CLAMP_TO_EDGE);
  }

  private useColours(name: ColourMapName): void {
    if (name === this.colours) return;
    const { gl } = this;
    this.colours = name;
    gl.activeTexture(gl.TEXTURE1);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, colourMap(name));
  }

  private setPicture({ grid, axis, sampleRate, gainDb, rangeDb }: Picture, height: number): void {
    const { gl, uniforms } = this;
    const warp = { log: Math.log2, mel: (hz: number) => hertzToMel(hz, 'htk'), linear: (hz: number) => hz }[
      axis.kind
    ];
    gl.uniform1i(uniforms.axis, axisKinds.indexOf(axis.kind));
    gl.uniform2f(uniforms.warped, warp(axis.low), warp(axis.high));
    gl.uniform1f(uniforms.binsPerHertz, grid.nFft / sampleRate);
    gl.uniform1f(uniforms.lastBin, grid.nFft / 2 - 0.51);
    gl.uniform1f(uniforms.pixelHeight, 1 / height);
    gl.uniform2f(uniforms.gainRange, gainDb, rangeDb);
  }

  private drawColumn(picture: Picture, { level, column }: TileColumn): void {
    const { gl, uniforms } = this;
    const { grid, span } = picture;
    this.scratch.fill(-1);
    for (let row = 0; row < tileRows(grid); row++) {
      const tile = picture.tile({ level, column, row });
      if (tile) this.scratch[row] = this.upload(tile);
    }
    const size = columnSamples(grid, level);
    const shown = span.framesPerPixel * span.width;
    const clip = (frame: number): number => ((frame - span.start) / shown) * 2 - 1;
    // STFT frame f is centred on sample f · hop, so texels begin half a hop before.
    const start = column * size - grid.hop / 2;
    gl.uniform2f(uniforms.clipX, clip(start), clip(start + size));
    gl.uniform2f(uniforms.texelX, 0, tileSize);
    gl.uniform1iv(uniforms.layers, this.scratch);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }

  private upload(tile: Tile): number {
    const { gl } = this;
    const { layer, upload } = this.cache.place(tile);
    if (upload) {
      gl.activeTexture(gl.TEXTURE0);
      gl.texSubImage3D(
        gl.TEXTURE_2D_ARRAY,
        0,
        0,
        0,
        layer,
        tileSize,
        tileSize,
        1,
        gl.RED,
        gl.UNSIGNED_BYTE,
        tile.bytes,
      );
    }
    return layer;
  }
}
