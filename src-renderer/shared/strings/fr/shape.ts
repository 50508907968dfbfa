import type { shape as english } from '../en/shape.js';

/** Texts of the sliders that make stems clean or full. */
export const shape: Readonly<Record<keyof typeof english, string>> = {
  'shape.title': 'Plein ↔ net',
  'shape.slider': 'Net ou plein : {name}',
  'shape.clean': 'net à {percent} %',
  'shape.full': 'plein à {percent} %',
  'shape.neutral': 'inchangé',
  'shape.note':
    'Net : aucun son des autres. Plein : rien ne manque. Ce qu’un stem perd, les autres le reçoivent.',
  'step.clean': 'Net ou plein : {name}',
  'step.shape.vocals-clean': 'Voix nette',
  'step.shape.vocals-full': 'Voix pleine',
  'step.shape.balanced': 'Équilibré',
  'step.shape.instrumental-clean': 'Instrumental net',
  'step.shape.instrumental-full': 'Instrumental plein',
  'batch.shape': 'Net ou plein',
};
