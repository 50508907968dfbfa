import type { Envelope } from './envelope.js';

/** Draws an envelope, one column of device pixels for each CSS pixel of width `scale`. */
export function drawWave(
  target: CanvasRenderingContext2D,
  envelope: Envelope | null,
  colour: string,
  scale: number,
): void {
  const { width, height } = target.canvas;
  target.clearRect(0, 0, width, height);
  const middle = height / 2;
  target.fillStyle = 'rgb(255 255 255 / 12%)';
  target.fillRect(0, Math.floor(middle), width, 1);
  if (!envelope) return;
  target.fillStyle = colour;
  const reach = middle * 0.96;
  for (let x = 0; x < envelope.length / 2; x++) {
    const top = middle - envelope[2 * x + 1] * reach;
    const bottom = middle - envelope[2 * x] * reach;
    target.fillRect(x * scale, top, scale, Math.max(1, bottom - top));
  }
}
