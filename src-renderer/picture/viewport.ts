/** A stretch of the song on screen: `start` in frames, `framesPerPixel`, `width` in CSS pixels. */
export interface Span {
  readonly start: number;
  readonly framesPerPixel: number;
  readonly width: number;
}

/** Closest zoom: two pixels a sample. */
const minFramesPerPixel = 0.5;

/** Keeps a span inside a song of `length` frames: never wider than the song, never beyond its ends. */
export function clampSpan(span: Span, length: number): Span {
  const width = Math.max(1, span.width);
  const widest = Math.max(minFramesPerPixel, length / width);
  const framesPerPixel = Math.min(Math.max(span.framesPerPixel, minFramesPerPixel), widest);
  const start = Math.min(Math.max(span.start, 0), Math.max(0, length - framesPerPixel * width));
  return { start, framesPerPixel, width };
}

/**
 * Frames per pixel as they are kept for later. A view of the whole song, or one that was not laid out yet, is kept as one pixel:
 * it is fitted again, whatever the width of the lanes is then.
 */
export function keptZoom({ framesPerPixel, width }: Span, length: number): number {
  return width > 1 && framesPerPixel * width < 0.999 * length ? framesPerPixel : length;
}

/** A view as it was kept, before the lanes have a width: a zoom other than that of the whole song is not fitted. */
export function keptSpan(start: number, framesPerPixel: number, length: number): Span {
  return clampSpan({ start, framesPerPixel, width: 2 }, length);
}

/** Zooms by `factor` (> 1 shows less); the frame under pixel `x` stays where it is. */
export function zoomSpan(span: Span, x: number, factor: number, length: number): Span {
  const limited = clampSpan({ ...span, framesPerPixel: span.framesPerPixel / factor }, length);
  const anchor = span.start + x * span.framesPerPixel;
  return clampSpan({ ...limited, start: anchor - x * limited.framesPerPixel }, length);
}

/** Pages on when `position` has left the span while playing; else the span itself. */
export function followSpan(span: Span, position: number, length: number): Span {
  const shown = span.framesPerPixel * span.width;
  if (position >= span.start && position < span.start + shown) return span;
  return clampSpan({ ...span, start: position - shown * 0.05 }, length);
}

/** Shortest and longest window that follows the zoom, samples. */
const [shortestWindow, longestWindow] = [512, 8192];
/** Pixels that a window covers, about: fewer blur time less than the screen shows, more blur it more. */
const windowPixels = 16;

/** The window length, samples, that a zoom asks for: sharp in time when it is close, in frequency from afar. */
export function windowFor(framesPerPixel: number): number {
  const power = Math.round(Math.log2(Math.max(1, windowPixels * framesPerPixel)));
  return Math.min(longestWindow, Math.max(shortestWindow, 2 ** power));
}
