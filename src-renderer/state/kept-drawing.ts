import { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import type { Drawn } from './drawn-state.js';

const [key, laneKey] = ['unbraid-drawn', 'unbraid-lane'];
/** Largest painted mask that is kept, bytes: a browser's room for a tab is a few MB. */
const largestMask = 1 << 20;

type Kept = Pick<Drawn, 'selection' | 'band'> & { readonly mask: TileMask | null };

/** Notes what is drawn in a song, so that this tab has it again after a reload. */
export function keepDrawn(session: string, { selection, band, mask }: Drawn): void {
  const bytes = mask.empty ? null : mask.encode();
  const painted = bytes && bytes.length <= largestMask ? toText(bytes) : null;
  try {
    sessionStorage.setItem(key, JSON.stringify({ session, selection, band, painted }));
  } catch {
    // Without room, or without storage, it lasts as long as the page.
  }
}

/** What this tab had drawn in a song before it was reloaded; null for nothing, or for another song. */
export function keptDrawn(session: string): Kept | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key) ?? 'null') as
      | (Pick<Drawn, 'selection' | 'band'> & { readonly session: string; readonly painted: string | null })
      | null;
    if (kept?.session !== session) return null;
    const { selection, band, painted } = kept;
    return { selection, band, mask: painted === null ? null : TileMask.decode(toBytes(painted)) };
  } catch {
    return null;
  }
}

/** A song has another session from now on: what is drawn in it stays. */
export function moveDrawn(from: string, to: string): void {
  try {
    for (const name of [key, laneKey]) {
      const kept = JSON.parse(sessionStorage.getItem(name) ?? 'null') as { readonly session: string } | null;
      if (kept?.session === from) sessionStorage.setItem(name, JSON.stringify({ ...kept, session: to }));
    }
  } catch {
    // As above.
  }
}

/** Notes the lane that is meant. */
export function keepLane(session: string, lane: string): void {
  try {
    sessionStorage.setItem(laneKey, JSON.stringify({ session, lane }));
  } catch {
    // As above.
  }
}

/** The lane that this tab meant in a song before it was reloaded. */
export function keptLane(session: string): string | null {
  try {
    const kept = JSON.parse(sessionStorage.getItem(laneKey) ?? 'null') as Record<string, string> | null;
    return kept?.['session'] === session ? kept['lane'] : null;
  } catch {
    return null;
  }
}

/** One character a byte, in base64. */
function toText(bytes: Uint8Array): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  return btoa(text);
}

function toBytes(text: string): Uint8Array {
  return Uint8Array.from(atob(text), (char) => char.charCodeAt(0));
}
