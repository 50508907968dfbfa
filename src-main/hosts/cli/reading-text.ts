import type { ExtraBytes, Reading } from '../../common/jobs/reading.js';

/** A verdict in one line: what it rests on, and what lies around the sound. */
export function readingLine(reading: Reading): string {
  const parts: string[] = [reading.verdict];
  const { frames } = reading.claim;
  if (frames === null) parts.push('the file states no exact length');
  else if (reading.missingFrames === 0 && reading.beyondFrames === 0)
    parts.push(`all ${frames} samples that it states`);
  if (reading.checksum === 'matches') parts.push('its checksum matches');
  if (reading.after.length > 0) parts.push(`behind the sound: ${list(reading.after)}`);
  return parts.join('; ');
}

function list(extras: readonly ExtraBytes[]): string {
  return extras.map(({ what, bytes }) => `${what} (${bytes} bytes)`).join(', ');
}
