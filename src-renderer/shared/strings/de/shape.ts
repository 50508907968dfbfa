import type { shape as english } from '../en/shape.js';

/** Texts of the sliders that make stems clean or full. */
export const shape: Readonly<Record<keyof typeof english, string>> = {
  'shape.title': 'Voll ↔ sauber',
  'shape.slider': 'Sauber oder voll: {name}',
  'shape.clean': '{percent} % sauber',
  'shape.full': '{percent} % voll',
  'shape.neutral': 'wie getrennt',
  'shape.note':
    'Sauber: kein Klang von anderen. Voll: nichts fehlt. Was ein Stem verliert, bekommen die anderen.',
  'step.clean': 'Sauber oder voll: {name}',
  'step.shape.vocals-clean': 'Gesang sauber',
  'step.shape.vocals-full': 'Gesang voll',
  'step.shape.balanced': 'Ausgewogen',
  'step.shape.instrumental-clean': 'Instrumental sauber',
  'step.shape.instrumental-full': 'Instrumental voll',
  'batch.shape': 'Sauber oder voll',
};
