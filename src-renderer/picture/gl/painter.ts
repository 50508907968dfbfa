import { tileSize, type TileRequest } from '../../../src-main/common/contract/session.js';
import type { Disposable } from '../../../src-main/common/base/disposal.js';
import { Scope } from '../../base/scope.js';
import {
  columnSamples,
  drawPlan,
  levelFor,
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
import { Sharpness } from './sharpness.js';
import { firstGap, seenParts, type CoveringColumn, type Stretch } from './seen-parts.js';
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
  private readonly sharpness = new Sharpness();

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

  /**
   * Draws into `target` at its full size; what has not come of a picture shows the one below it. Where drawing takes long,
   * without a graphics card, a picture that is not complete has fewer pixels: what makes it complete waits for it. The answer
   * is the first frame in view that is not drawn, and whether the track had not grown that far; null when all of it is.
   */
  draw(picture: Picture, target: CanvasRenderingContext2D, below: Picture | null = null): Undrawn | null {
    const { width, height } = target.canvas;
    const { gl } = this;
    if (width === 0 || height === 0 || gl.isContextLost()) return null;
    if (this.canvas.width < width) this.canvas.width = width;
    if (this.canvas.height < height) this.canvas.height = height;
    const began = performance.now();
    const { start, framesPerPixel, width: pixels } = picture.span;
    const columns = (below ? [picture, below] : [picture]).flatMap((layer) => columnsOf(layer, height));
    const waits = columns.some(({ picture: of, finest, complete }) => of === picture && finest && !complete);
    const coarser = this.sharpness.of(!waits);
    const [drawnWidth, drawnHeight] = [width, height].map((size) => Math.ceil(size / coarser));
    // The lane sits in the upper left corner; GL counts from below.
    gl.viewport(0, this.canvas.height - drawnHeight, drawnWidth, drawnHeight);
    gl.clearColor(0, 0, 0, 0);
    gl.clear(gl.COLOR_BUFFER_BIT);
    this.useColours(picture.colours);
    let set: Picture | null = null;
    const end = Math.min(start + framesPerPixel * pixels, picture.grid.length);
    const view = { start: Math.max(0, start), end };
    for (const { column, parts } of seenParts(columns, view)) {
      if (column.picture !== set) this.setPicture(column.picture, drawnHeight);
      set = column.picture;
      this.drawColumn(column, parts);
    }
    target.clearRect(0, 0, width, height);
    // Without a graphics card this waits until all of it is drawn.
    target.drawImage(this.canvas, 0, 0, drawnWidth, drawnHeight, 0, 0, width, height);
    this.sharpness.took(performance.now() - began, coarser);
    const frame = firstGap(columns, view);
    return frame === null ? null : { frame, growing: columns.some(({ end, whole }) => end < whole) };
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

  /** Draws parts of a column. */
  private drawColumn({ picture, tiles, start, whole: end }: DrawnColumn, parts: readonly Stretch[]): void {
    const { gl, uniforms } = this;
    const { span } = picture;
    this.layers.fill(-1);
    tiles.forEach((rows, track) => {
      for (const { row, tile } of rows)
        if (tile) this.layers[track * maxTileRows + row] = this.tiles.layerOf(tile);
    });
    gl.uniform1iv(uniforms.layers, this.layers);
    const shown = span.framesPerPixel * span.width;
    const clip = (frame: number): number => ((frame - span.start) / shown) * 2 - 1;
    const texel = (frame: number): number => ((frame - start) / (end - start)) * tileSize;
    for (const part of parts) {
      gl.uniform2f(uniforms.clipX, clip(part.start), clip(part.end));
      gl.uniform2f(uniforms.texelX, texel(part.start), texel(part.end));
      gl.drawArrays(gl.TRIANGLE_STRIP, 0, 4);
    }
  }
}

export interface Undrawn {
  readonly frame: number;
  readonly growing: boolean;
}

/** A column of tiles to draw; of a track that grows, up to where its tiles have samples. */
interface DrawnColumn extends CoveringColumn {
  /** Where its tiles end, with what they have no samples of. */
  readonly whole: number;
  readonly picture: Picture;
  /** Of the level that the zoom wants. */
  readonly finest: boolean;
  /** `[own, stems…][rows]`. */
  readonly tiles: readonly (readonly { readonly row: number; readonly tile: Tile | null }[])[];
}

/** What there is of a picture, the uppermost first: the zoom's own columns, those of other levels, the coarsest. */
function columnsOf(picture: Picture, height: number): DrawnColumn[] {
  const { grid, span, overlay, standIn, tile } = picture;
  const rows = rowsOf(picture, height);
  const stems = overlay?.stems.slice(0, maxStems).map((stem) => stem.tile) ?? [];
  const own = overlay?.blended ? [] : [tile];
  const [base, ...zoom] = drawPlan(grid, span).map((place) => {
    const column = drawnColumn(picture, place, rows, [...own, ...stems]);
    // The first row of `layers` is that of the lane's own tiles.
    return overlay?.blended ? { ...column, tiles: [[], ...column.tiles] } : column;
  });
  // Stems are shown together or not at all: other levels have them not all.
  if (overlay || zoom.every(({ complete }) => complete)) return [...zoom, base];
  const others = standIns(grid, span)
    .map((place) => drawnColumn(picture, place, rows, [standIn]))
    .filter(({ tiles }) => tiles[0].some((one) => one.tile !== null));
  return [...zoom, ...others.reverse(), base];
}

function drawnColumn(
  picture: Picture,
  { level, column }: TileColumn,
  rows: readonly number[],
  find: readonly FindTile[],
): DrawnColumn {
  const { grid } = picture;
  const size = columnSamples(grid, level);
  // STFT frame f is centred on sample f · hop, so texels begin half a hop before.
  const start = column * size - grid.hop / 2;
  const tiles = find.map((of) => rows.map((row) => ({ row, tile: of({ level, column, row }) })));
  const complete = tiles.flat().every(({ tile }) => tile !== null);
  const finest = level === levelFor(grid, picture.span.framesPerPixel);
  const whole = start + size;
  const end = Math.min(whole, ...tiles.flat().map(({ tile }) => tile?.reach ?? whole));
  return { picture, finest, tiles, start, end, whole, complete };
}

/** The rows of tiles whose bins are on screen, with what the outermost pixels reach beyond it. */
export function rowsOf(
  { grid, axis, sampleRate }: Pick<Picture, 'grid' | 'axis' | 'sampleRate'>,
  height: number,
): readonly number[] {
  const [low, high] = [hertzAt(axis, -0.5 / height), hertzAt(axis, 1 + 0.5 / height)];
  return visibleRows(grid, (low * grid.nFft) / sampleRate, (high * grid.nFft) / sampleRate);
}
