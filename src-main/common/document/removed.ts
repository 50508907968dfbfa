import type { EditRecord } from './records.js';

/** The stems that edits took something away from, in the order of the edits. */
export function originsOf(edits: readonly EditRecord[]): string[] {
  const takes = ({ kind }: EditRecord): boolean => kind !== 'move' && kind !== 'copy';
  const taking = edits.filter((edit) => edit.enabled && takes(edit));
  return [...new Set(taking.flatMap(({ sources }) => sources))];
}

interface Heard {
  readonly mute: boolean;
  readonly solo: boolean;
  readonly soloSafe: boolean;
}

/**
 * The mute and solo of what was taken away (D25): it is silent where its own track is, or where one of the stems it came
 * from is; it is heard alone with them only if all of them are.
 */
export function removedStrip(own: Heard, origins: readonly Heard[]): Heard {
  if (origins.length === 0) return own;
  return {
    mute: own.mute || origins.some(({ mute }) => mute),
    solo: own.solo || origins.every(({ solo }) => solo),
    soloSafe: own.soloSafe || origins.every(({ soloSafe }) => soloSafe),
  };
}

/**
 * What happens to its level in time: what its own track says, and what the stem it came from says. Of several stems only
 * the mutes count, because their levels may differ.
 */
export function removedEnvelope<Region extends { readonly kind: string }>(
  own: readonly Region[],
  origins: readonly (readonly Region[])[],
): readonly Region[] {
  const [only, ...more] = origins;
  if (only === undefined) return own;
  const theirs = more.length === 0 ? only : origins.flat().filter(({ kind }) => kind === 'mute');
  return [...own, ...theirs];
}
