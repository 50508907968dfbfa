import { z } from 'zod';
import { UnbraidError } from '../base/errors.js';
import { piecesOf, type StemParents } from './stem-pieces.js';

/** How clean or full a stem is: −1 full … 0 as separated … 1 clean; see common/separation/shape.ts. */
export const cleanSchema = z.number().min(-1).max(1);

/** Values of stems by name; stems that are not named stay as separated. */
export type CleanValues = Readonly<Record<string, number>>;

/**
 * What people ask for by name. The stems of a song add up, so what is cut from the vocals is in the instrumental: clean
 * vocals and a full instrumental are one thing, and so are full vocals and a clean instrumental.
 */
export const shapePresets = [
  'vocals-clean',
  'vocals-full',
  'balanced',
  'instrumental-clean',
  'instrumental-full',
] as const;
export type ShapePreset = (typeof shapePresets)[number];

/** How far the presets go. */
const presetValue = 0.5;

export function presetShape(preset: ShapePreset): CleanValues {
  if (preset === 'balanced') return {};
  const clean = preset === 'vocals-clean' || preset === 'instrumental-full';
  return { vocals: clean ? presetValue : -presetValue };
}

/** Whether a song with these stems has what a preset is about, whole or in pieces. */
export function canShape(preset: ShapePreset, stems: readonly string[], parents?: StemParents): boolean {
  return Object.keys(presetShape(preset)).every((stem) => piecesOf(stem, stems, parents).length > 0);
}

/** Values in which those of a stem that is there in pieces are values of its pieces; their own go before. */
export function shapeOfPieces(
  values: CleanValues,
  stems: readonly string[],
  parents?: StemParents,
): CleanValues {
  const whole = Object.keys(values).filter((name) => !stems.includes(name));
  const made: Record<string, number> = {};
  for (const name of whole) {
    const own = piecesOf(name, stems, parents);
    for (const stem of own.length > 0 ? own : [name]) made[stem] = values[name];
  }
  return { ...made, ...Object.fromEntries(Object.entries(values).filter(([name]) => !whole.includes(name))) };
}

/** Whether any stem is to be other than it was separated. */
export function isShaped(values: CleanValues | undefined): values is CleanValues {
  return values !== undefined && Object.values(values).some((value) => value !== 0);
}

/** Throws `invalid-argument` for a stem that is there neither whole nor in pieces. */
export function checkShape(
  values: CleanValues | undefined,
  stems: readonly string[],
  parents?: StemParents,
): void {
  const unknown = Object.keys(values ?? {}).find((stem) => piecesOf(stem, stems, parents).length === 0);
  if (unknown === undefined) return;
  throw new UnbraidError('invalid-argument', `There is no stem "${unknown}" to make clean or full`, {
    hint: `The stems are ${stems.join(', ')}.`,
  });
}
