import { tileSize, type TileRequest } from '../../../src-main/common/contract/session.js';
import type { Disposable } from '../../../src-main/common/base/disposal.js';
import { Scope } from '../../base/scope.js';
import {
  columnSamples,
  drawPlan,
  standIns,
  visibleRows,
  type TileColumn,
  type TileGrid,
} from '../tiles/tile-plan.js';
import type { Tile } from '../tiles/tile-store.js';
import type { Span } from '../viewport.js';
import { axisKinds, hertzAt, warp, type FrequencyAxis } from '../axis.js';
import { colourMap, type ColourMapName } from '../colour-maps.js';
import { levelScales, type Look } from '../look.js';
import { linkProgram, openContext } from './program.js';
import { fragmentShader, maxStems, maxTileRows, vertexShader } from './shaders.js';
import type { Rgb } from './stem-blend.js';
import { makeTexture, TileTexture } from './tile-texture.js';

export type TilePlace = Pick<TileRequest, 'level' | 'column' | 'row'>;
/** A tile if it is here. */
export type FindTile = (place: TilePlace) => Tile | null;

/** All stems on one picture. */
export interface StemLayers {
  readonly stems: readonly { readonly colour: Rgb; readonly tile: FindTile }[];
  /** The stems in their colours instead of the lane's own tiles. */
  readonly blended: boolean;
  /** Where they compete, as heat over the picture. */
  readonly heated: boolean;
}

/** What one lane shows. */
export interface Picture extends Look {
  readonly grid: TileGrid;
  readonly span: Span;
  readonly axis: FrequencyAxis;
  readonly sampleRate: number;
  readonly colours: ColourMapName;
  readonly tile: FindTile;
  /** Finds tiles of other levels, and fetches none. */
  readonly standIn: FindTile;
  readonly overlay: StemLayers | null;
}

const uniformNames = [
  'clipX',
  'texelX',
  'layers',
  'axis',
  'warped',
  'binsPerHertz',
  'lastBin',
  'pixelHeight',
  'scale',
  'gainRange',
  'stems',
  'blended',
  'heated',
  'stemColours',
  'tiles',
  'colours',
] as const;
type Uniforms = Readonly<Record<(typeof uniformNames)[number], WebGLUniformLocation | null>>;

/**
 * Draws spectrograms of any number of lanes with one WebGL context: browsers allow only a few of them. Each lane
 * is drawn here and copied to its own canvas.
 */
export class SpectrogramPainter implements Disposable {
  private readonly scope = new Scope();
  private readonly canvas = document.createElement('canvas');
  private readonly gl: WebGL2RenderingContext;
  private readonly tiles: TileTexture;
  private uniforms!: Uniforms;
  private colours: ColourMapName | null = null;
  /** Layers of a column's tiles, `[own, stems…][row]`; −1 where there is no tile. */
  private readonly layers = new Int32Array(maxTileRows * (maxStems + 1));
  private readonly stemColours = new Float32Array(3 * maxStems);

  /** Throws `device-unavailable` without WebGL 2. */
  constructor(private readonly onRestored: () => void = () => undefined) {
    this.gl = openContext(this.canvas);
    this.tiles = new TileTexture(this.gl);
    this.scope.listen(this.canvas, 'webglcontextlost', (event) => event.preventDefault());
    this.scope.listen(this.canvas, 'webglcontextrestored', () => {
      this.setUp();
      this.onRestored();
    });
    this.setUp();
  }

  /** Draws into `target` at its full size; what has not come of a picture shows the one below it. */
  draw(picture: Picture, target: CanvasRenderingContext2D, below: Picture | null = null): void {
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
    for (const layer of below ? [below, picture] : [picture]) {
      this.setPicture(layer, height);
      const rows = rowsOf(layer, height);
      const [base, ...zoom] = levelsOf(drawPlan(layer.grid, layer.span));
      for (const column of base) this.drawColumn(layer, column, rows);
      this.drawStandIns(layer, zoom.flat(), rows);
      for (const column of zoom.flat()) this.drawColumn(layer, column, rows);
    }
    target.clearRect(0, 0, width, height);
    target.drawImage(this.canvas, 0, 0, width, height, 0, 0, width, height);
  }

  dispose(): void {
    this.scope.dispose();
    this.gl.getExtension('WEBGL_lose_context')?.loseContext();
  }

  private setUp(): void {
    const { gl } = this;
    const program = linkProgram(gl, vertexShader, fragmentShader);
    gl.useProgram(program);
    this.uniforms = Object.fromEntries(
      uniformNames.map((name) => [name, gl.getUniformLocation(program, name)]),
    ) as Uniforms;
    gl.uniform1i(this.uniforms.tiles, 0);
    gl.uniform1i(this.uniforms.colours, 1);
    this.tiles.setUp();
    makeTexture(gl, 1, gl.TEXTURE_2D);
    this.colours = null;
  }

  private useColours(name: ColourMapName): void {
    if (name === this.colours) return;
    const { gl } = this;
    this.colours = name;
    gl.activeTexture(gl.TEXTURE1);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA8, 256, 1, 0, gl.RGBA, gl.UNSIGNED_BYTE, colourMap(name));
  }

  private setPicture(picture: Picture, height: number): void {
    const { gl, uniforms } = this;
    const { grid, axis, sampleRate, scale, gainDb, rangeDb, overlay } = picture;
    gl.uniform1i(uniforms.axis, axisKinds.indexOf(axis.kind));
    gl.uniform2f(uniforms.warped, warp(axis.kind, axis.low), warp(axis.kind, axis.high));
    gl.uniform1f(uniforms.binsPerHertz, grid.nFft / sampleRate);
    gl.uniform1f(uniforms.lastBin, grid.nFft / 2 - 0.51);
    gl.uniform1f(uniforms.pixelHeight, 1 / height);
    gl.uniform1i(uniforms.scale, levelScales.indexOf(scale));
    gl.uniform2f(uniforms.gainRange, gainDb, rangeDb);
    const stems = overlay?.stems.slice(0, maxStems) ?? [];
    gl.uniform1i(uniforms.stems, stems.length);
    gl.uniform1i(uniforms.blended, overlay?.blended ? 1 : 0);
    gl.uniform1i(uniforms.heated, overlay?.heated ? 1 : 0);
    stems.forEach(({ colour }, s) => this.stemColours.set(colour, 3 * s));
    gl.uniform3fv(uniforms.stemColours, this.stemColours);
  }

  /** What is here of other levels, where something of the zoom's own has not come. */
  private drawStandIns(picture: Picture, zoom: readonly TileColumn[], rows: readonly number[]): void {
    const { grid, span, overlay, standIn, tile } = picture;
    if (overlay?.blended) return;
    const isMissing = zoom.some((column) => rows.some((row) => tile({ ...column, row }) === null));
    if (!isMissing) return;
    for (const column of standIns(grid, span)) {
      if (rows.some((row) => standIn({ ...column, row }) !== null))
        this.drawColumn({ ...picture, tile: standIn, overlay: null }, column, rows);
    }
  }

  private drawColumn(picture: Picture, { level, column }: TileColumn, rows: readonly number[]): void {
    const { gl, uniforms } = this;
    const { grid, span, overlay } = picture;
    const stems = overlay?.stems.slice(0, maxStems).map(({ tile }) => tile) ?? [];
    this.layers.fill(-1);
    [overlay?.blended ? null : picture.tile, ...stems].forEach((find, track) => {
      for (const row of rows) {
        const tile = find?.({ level, column, row });
        if (tile) this.layers[track * maxTileRows + row] = this.tiles.layerOf(tile);
      }
    });
    const size = columnSamples(grid, level);
    const shown = span.framesPerPixel * span.width;
    const clip = (frame: number): number => ((frame - span.start) / shown) * 2 - 1;
    // STFT frame f is centred on sample f · hop, so texels begin half a hop before.
    const start = column * size - grid.hop / 2;
    gl.uniform2f(uniforms.clipX, clip(start), clip(start + size));
    gl.uniform2f(uniforms.texelX, 0, tileSize);
    gl.uniform1iv(uniforms.layers, this.layers);
    gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
  }
}

/** Columns that follow each other, by their level. */
function levelsOf(columns: readonly TileColumn[]): TileColumn[][] {
  const levels: TileColumn[][] = [];
  for (const column of columns) {
    if (levels.at(-1)?.[0].level === column.level) levels.at(-1)!.push(column);
    else levels.push([column]);
  }
  return levels;
}

/** The rows of tiles whose bins are on screen, with what the outermost pixels reach beyond it. */
export function rowsOf(
  { grid, axis, sampleRate }: Pick<Picture, 'grid' | 'axis' | 'sampleRate'>,
  height: number,
): readonly number[] {
  const [low, high] = [hertzAt(axis, -0.5 / height), hertzAt(axis, 1 + 0.5 / height)];
  return visibleRows(grid, (low * grid.nFft) / sampleRate, (high * grid.nFft) / sampleRate);
}
