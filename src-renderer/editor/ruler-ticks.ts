import { formatTime } from '../shared/format.js';
import type { Span } from '../picture/viewport.js';

export interface Tick {
  /** Pixels from the left edge. */
  readonly x: number;
  readonly label: string;
}

const steps = [
  0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1200, 1800,
  3600,
] as const;
const minPixels = 84;

/** Labelled ticks of a span: round times, at least 84 pixels apart. */
export function rulerTicks(span: Span, sampleRate: number): Tick[] {
  const secondsPerPixel = span.framesPerPixel / sampleRate;
  const step = steps.find((seconds) => seconds / secondsPerPixel >= minPixels) ?? steps[steps.length - 1];
  const digits = step >= 1 ? 0 : Math.ceil(-Math.log10(step) - 1e-9);
  const first = Math.ceil(span.start / sampleRate / step - 1e-9);
  const ticks: Tick[] = [];
  for (let i = first; ; i++) {
    const x = (i * step * sampleRate - span.start) / span.framesPerPixel;
    if (x > span.width) return ticks;
    ticks.push({ x, label: formatTime(i * step, digits) });
  }
}
