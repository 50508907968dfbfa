import type { TrackInfo } from '../../src-main/common/contract/session.js';
import { rowsOf, type Picture, type SpectrogramPainter, type Undrawn } from '../picture/gl/painter.js';
import { levelFor, tilesInView } from '../picture/tiles/tile-plan.js';
import type { Settings } from '../state/settings.svelte.js';
import type { SongController } from '../state/song.svelte.js';
import { pictureOf } from './lane-picture.js';
import { sameTransform, spectrogramGrid, transformOf, type SpectrogramSettings } from './spectrogram.js';

/** Draws a lane's spectrogram; the one of before stays below until all tiles of another transform are here. */
export class LaneDrawing {
  /** The last transform that all tiles had come of. */
  private complete: SpectrogramSettings | null = null;
  private below: Picture | null = null;
  private missing = false;

  constructor(
    private readonly song: SongController,
    private readonly settings: Settings,
  ) {}

  /** What is to be drawn now. */
  picture(track: TrackInfo): Picture {
    const { song, settings } = this;
    const transform = transformOf(settings, song.view);
    const grid = spectrogramGrid(transform, song.info.frames);
    const finest = levelFor(grid, song.view.span.framesPerPixel);
    return pictureOf(song, settings, transform, track, ({ level }) => {
      // With another picture below it, a new one does not need a blurred one of the whole song first.
      const wanted = !this.below || level === finest;
      this.missing ||= wanted;
      return wanted;
    });
  }

  /** Asks for what is on screen. Drawing does, too, but takes longer than the first answer. */
  ask(picture: Picture, height: number): void {
    const { grid, span } = picture;
    for (const place of tilesInView(grid, span, rowsOf(picture, height))) picture.tile(place);
  }

  /** Whether something of it has still to come, and from where on nothing is drawn. */
  draw(
    painter: SpectrogramPainter,
    target: CanvasRenderingContext2D,
    picture: Picture,
    track: TrackInfo,
  ): { readonly waiting: boolean; readonly undrawn: Undrawn | null } {
    const { song, settings, complete } = this;
    const transform = transformOf(settings, song.view);
    this.missing = false;
    const before = complete && !sameTransform(complete, transform) ? complete : null;
    this.below = before && pictureOf(song, settings, before, track, null);
    const undrawn = painter.draw(picture, target, this.below);
    if (!this.missing) this.complete = transform;
    return { waiting: this.missing, undrawn };
  }
}
