import { UnbraidError } from '../../common/base/errors.js';
import type { SeparationSettings } from '../../common/jobs/settings.js';
import { piecesOf } from '../../common/jobs/stem-pieces.js';
import { findSeparator, parentsOf } from '../inference/model-store.js';

/**
 * Refuses names of stems that a recipe does not have, and a piece beside the stem that it is a piece of: a stem that is
 * named is not separated further. Throws `invalid-argument` that says everything that can be named.
 */
export function checkNamed({
  model,
  stems,
  twoStem,
}: Pick<SeparationSettings, 'model' | 'stems' | 'twoStem'>): void {
  const separator = findSeparator(model);
  if (separator.kind !== 'chain') return;
  const parents = parentsOf(separator);
  const named = twoStem === undefined ? (stems ?? []) : [twoStem];
  const whole = [...new Set(Object.values(parents))];
  const list = (of: string): string => piecesOf(of, separator.stems, parents).join(', ');
  const unknown = named.find((name) => ![...separator.stems, ...whole].includes(name));
  if (unknown !== undefined) {
    const wholes = whole.map((name) => `${name} (${list(name)} together)`).join(', ');
    throw new UnbraidError('invalid-argument', `"${model}" has no stem "${unknown}"`, {
      hint: `The stems are ${separator.stems.join(', ')}${wholes && `; whole: ${wholes}`}.`,
    });
  }
  for (const name of named) {
    const of = named.find((other) => other !== name && isPiece(name, other, parents));
    if (of === undefined) continue;
    throw new UnbraidError('invalid-argument', `"${name}" is a piece of "${of}", which is named too`, {
      hint: `Name ${of} alone, or its pieces: ${list(of)}.`,
    });
  }
}

function isPiece(name: string, of: string, parents: Readonly<Record<string, string>>): boolean {
  return piecesOf(of, [name], parents).length > 0 && name !== of;
}
