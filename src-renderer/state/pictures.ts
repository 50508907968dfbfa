import { SpectrogramPainter } from '../editor/gl/painter.js';

/** Calls back when the page has nothing better to do; at once where the browser cannot tell (Safari). */
export function whenIdle(work: () => void): void {
  if (typeof requestIdleCallback === 'function') requestIdleCallback(() => work());
  else setTimeout(work);
}

/**
 * The one painter of all spectrograms. It is made while the welcome is read, because compiling shaders takes longer
 * than decoding the beginning of a song.
 */
export class Pictures {
  private made: SpectrogramPainter | null | undefined;

  constructor(
    private readonly onLost: () => void,
    private readonly fail: (error: unknown) => void,
  ) {}

  /** Null where the browser has no WebGL 2, with a card that says so. */
  get painter(): SpectrogramPainter | null {
    if (this.made === undefined) {
      try {
        this.made = new SpectrogramPainter(this.onLost);
      } catch (error) {
        this.made = null;
        queueMicrotask(() => this.fail(error));
      }
    }
    return this.made;
  }
}
