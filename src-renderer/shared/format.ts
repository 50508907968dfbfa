import { decimal, decimalSign } from '../base/figures.js';

const noteNames = ['C', 'C♯', 'D', 'D♯', 'E', 'F', 'F♯', 'G', 'G♯', 'A', 'A♯', 'B'] as const;

/** Seconds as `m:ss.mmm` with the decimal sign of the page's language, with hours from one hour on. `digits` after the point, cut, not rounded. */
export function formatTime(seconds: number, digits = 3): string {
  const scale = 10 ** digits;
  // A frame that lies exactly on a printed digit must not fall below it by a rounding error of the division.
  const ticks = Math.floor(Math.abs(seconds) * scale + 1e-6);
  const whole = Math.floor(ticks / scale);
  const fraction = digits > 0 ? `${decimalSign()}${String(ticks % scale).padStart(digits, '0')}` : '';
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60];
  const sign = seconds < 0 && ticks > 0 ? '−' : '';
  const ss = String(s).padStart(2, '0');
  return h > 0
    ? `${sign}${h}:${String(m).padStart(2, '0')}:${ss}${fraction}`
    : `${sign}${m}:${ss}${fraction}`;
}

/** Reads `83.5`, `1:23.5` or `1:02:03`; null for anything else. A comma is taken as a point. */
export function parseTime(text: string): number | null {
  const match = /^\s*(?:(?:(\d+):)?(\d+):)?(\d+(?:[.,]\d*)?)\s*$/.exec(text);
  if (!match) return null;
  const [, h = '0', m = '0', s] = match;
  return Number(h) * 3600 + Number(m) * 60 + Number(s.replace(',', '.'));
}

/** The nearest note of the equal temperament (A4 = 440 Hz) and how far off it is: `A4 +3 ct`. */
export function noteName(hertz: number): string {
  if (!(hertz > 0)) return '';
  const midi = 69 + 12 * Math.log2(hertz / 440);
  const nearest = Math.round(midi);
  const cents = Math.round((midi - nearest) * 100);
  const name = noteNames[((nearest % 12) + 12) % 12] + String(Math.floor(nearest / 12) - 1);
  if (cents === 0) return name;
  return `${name} ${cents > 0 ? '+' : '−'}${Math.abs(cents)} ct`;
}

/** Hz below 1 kHz, kHz from there. */
export function formatHertz(hertz: number): string {
  if (hertz < 999.5) return `${decimal(hertz, hertz < 99.95 ? 1 : 0)} Hz`;
  return `${decimal(hertz / 1000, 2)} kHz`;
}

/** A sample rate: `48 kHz`, `44.1 kHz`. */
export function kilohertz(hertz: number): string {
  return `${decimal(hertz / 1000, hertz % 1000 === 0 ? 0 : hertz % 100 === 0 ? 1 : 3)} kHz`;
}

/** Reads `440`, `440 Hz`, `1.2k` or `1,2 kHz` as Hz; null for anything else. */
export function parseHertz(text: string): number | null {
  const match = /^\s*(\d+(?:[.,]\d*)?)\s*(k?)(?:hz)?\s*$/i.exec(text);
  if (!match) return null;
  return Number(match[1].replace(',', '.')) * (match[2] ? 1000 : 1);
}

/** A signed level with one digit and a real minus sign. */
export function formatDb(db: number, digits = 1): string {
  if (db === Number.NEGATIVE_INFINITY) return '−∞';
  const text = decimal(Math.abs(db), digits);
  return Number(Math.abs(db).toFixed(digits)) === 0 ? text : `${db < 0 ? '−' : '+'}${text}`;
}

/** A null figure as the transport shows it; −999 stands for an exact sum. */
export function formatNull(db: number, exact: string): string {
  return db <= -999 ? exact : `${formatDb(db)} dB`;
}

/** Bytes in binary units. */
export function formatBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  if (bytes < 1024 ** 2) return `${decimal(bytes / 1024, 0)} KiB`;
  return `${decimal(bytes / 1024 ** 2, 1)} MiB`;
}
