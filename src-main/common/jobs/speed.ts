import type { SeparationSettings } from './settings.js';

/** What changes how long a separation takes; runs with the same key are comparable. */
export type SpeedSettings = Pick<
  SeparationSettings,
  'model' | 'device' | 'overlap' | 'shifts' | 'averaging' | 'segment' | 'wiener' | 'phase'
>;

/** Speeds measured on this machine by key: seconds of audio a second of work. */
export type Speeds = Readonly<Record<string, number>>;

export function speedKey(settings: SpeedSettings): string {
  const { model, device, overlap, shifts, segment, wiener, phase, averaging = [] } = settings;
  const key = [model, device, overlap ?? 'own', shifts ?? 'own'];
  const length = segment === undefined ? [] : [`${segment}s`];
  const filter = wiener === undefined ? [] : [`wiener ${wiener}`];
  const phases = phase === undefined ? [] : [`phase ${phase}`];
  return [...key, ...length, ...filter, ...phases, ...[...averaging].sort()].join(' ');
}

/** Weight of the newest run: songs differ a little, machines change. */
const newest = 0.5;

/** The speed after one more run; the first one counts in full. */
export function blendSpeed(before: number | undefined, measured: number): number {
  return before === undefined ? measured : before + newest * (measured - before);
}

/** Seconds that `audioSeconds` of sound will take; null when no run with these settings was measured. */
export function expectedSeconds(
  speeds: Speeds,
  settings: SpeedSettings,
  audioSeconds: number,
): number | null {
  const key = speedKey(settings);
  return Object.hasOwn(speeds, key) ? audioSeconds / speeds[key] : null;
}
