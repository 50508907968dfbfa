import type { Disposable } from '../../src-main/common/base/disposal.js';
import { Scope } from '../base/scope.js';
import { SpectrogramPainter } from './gl/painter.js';

/**
 * The one painter of all spectrograms. It is made while the welcome is read, because compiling shaders takes longer
 * than decoding the beginning of a song.
 */
export class Pictures implements Disposable {
  private readonly scope = new Scope();
  private made: SpectrogramPainter | null | undefined;

  constructor(
    private readonly onLost: () => void,
    private readonly fail: (error: unknown) => void,
  ) {
    this.scope.idle(() => this.painter);
  }

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

  dispose(): void {
    this.scope.dispose();
    this.made?.dispose();
  }
}
