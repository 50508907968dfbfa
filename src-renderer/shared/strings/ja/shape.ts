import type { shape as english } from '../en/shape.js';

/** Texts of the sliders that make stems clean or full. */
export const shape: Readonly<Record<keyof typeof english, string>> = {
  'shape.title': 'フル ↔ クリーン',
  'shape.slider': '{name}のクリーン／フル',
  'shape.clean': 'クリーン {percent}%',
  'shape.full': 'フル {percent}%',
  'shape.neutral': '分離のまま',
  'shape.note':
    'クリーン：他の音が混ざりません。フル：音が欠けません。あるステムが失った音は、他のステムに入ります。',
  'step.clean': '{name}のクリーン／フル',
  'step.shape.vocals-clean': 'ボーカルをクリーンに',
  'step.shape.vocals-full': 'ボーカルをフルに',
  'step.shape.balanced': 'バランス',
  'step.shape.instrumental-clean': '伴奏をクリーンに',
  'step.shape.instrumental-full': '伴奏をフルに',
  'batch.shape': 'クリーン／フル',
};
