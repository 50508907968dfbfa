import { describe, expect, it } from 'vitest';
import type { EditRecord } from '../../../src-main/common/document/records.js';
import { areaOfEdit, lanesOf } from '../../../src-renderer/state/shown-edits.svelte.js';

const edit = (change: Partial<EditRecord>): EditRecord => ({
  ...{ type: 'edit', id: 'edit:a', order: 0, enabled: true, kind: 'move', strength: 1 },
  ...{ sources: ['vocals'], target: 'drums', mask: '0'.repeat(64) },
  ...{ start: 10, end: 20, low: 200, high: 800 },
  ...change,
});

describe('an edit on the picture', () => {
  it('is in the lanes that it takes from and gives to', () => {
    expect(lanesOf(edit({}))).toEqual(['vocals', 'drums']);
    expect(lanesOf(edit({ sources: ['bass', 'vocals'], kind: 'copy' }))).toEqual(['bass', 'vocals', 'drums']);
    for (const kind of ['attenuate', 'heal', 'clone'] as const)
      expect(lanesOf(edit({ kind, target: null }))).toEqual(['vocals', 'removed']);
  });

  it('lies at its frequencies, or at all of them', () => {
    const at = (low: number, high: number): object => areaOfEdit(edit({ low, high }), 48_000);
    expect(at(200, 800)).toEqual({ start: 10, end: 20, band: { low: 200, high: 800 } });
    expect(at(0, 24_000)).toEqual({ start: 10, end: 20, band: null });
    expect(at(0, 800)).toEqual({ start: 10, end: 20, band: { low: 0, high: 800 } });
  });
});
