import { noise } from '../fixtures/signals.js';

/** Length of the bench's song, seconds. */
export const songSeconds = 240;
const rate = 44100;

/**
 * A song made of what the methods look for: a bass line, chords at the sides, a melody in the middle with
 * vibrato, and noise bursts on the beat. 44.1 kHz stereo, peak below 1.
 */
export function benchSong(seconds: number): Float32Array[] {
  const length = Math.round(seconds * rate);
  const [left, right] = [new Float32Array(length), new Float32Array(length)];
  const hiss = noise(rate, 7);
  const roots = [55, 65.4, 73.4, 49];
  for (let i = 0; i < length; i++) {
    const t = i / rate;
    const root = roots[Math.floor(t / 2) % roots.length];
    const bass = 0.2 * Math.sin(2 * Math.PI * root * t);
    const chord = 0.06 * (Math.sin(2 * Math.PI * 4 * root * t) + Math.sin(2 * Math.PI * 5 * root * t));
    const side = 0.06 * Math.sin(2 * Math.PI * 6 * root * t);
    const note = 440 * 2 ** (((Math.floor(t * 1.5) * 5) % 12) / 12);
    const vibrato = 3 * Math.sin(2 * Math.PI * 5.5 * t);
    const voice = (Math.floor(t / 4) % 3 ? 0.15 : 0) * Math.sin(2 * Math.PI * note * t + vibrato);
    const beat = t % 0.5;
    const drum = 0.25 * Math.exp(-40 * beat) * hiss[i % rate];
    left[i] = bass + chord + side + voice + drum;
    right[i] = bass + chord - side + voice + drum;
  }
  return [left, right];
}
