import { describe, expect, it } from 'vitest';
import type { EditRecord } from '../../../src-main/common/document/records.js';
import type { Mark } from '../../../src-main/common/document/marks.js';
import type { StepName } from '../../../src-main/common/document/history-schema.js';
import { newTrack } from '../../../src-main/common/document/records.js';
import { TileMask, maskGrid } from '../../../src-main/common/separation/edits/tile-mask.js';
import { historySteps, type HistoryStep } from '../../../src-renderer/state/history-steps.js';
import type { Settings } from '../../../src-renderer/state/settings.svelte.js';
import { fillText } from '../../../src-renderer/shared/strings/fill.js';
import { textsOf } from '../../../src-renderer/shared/strings/languages.js';
import { historyWords } from '../../../src-renderer/views/history-words.js';

const mark = (text: string): Mark<StepName> => ({
  name: { text },
  diff: { added: {}, updated: {}, removed: {} },
});
const drawn = {
  selection: { start: 44_100, end: 88_200 },
  band: null,
  mask: new TileMask(maskGrid),
  content: 1,
};
const select = { text: 'step.select', from: drawn, to: drawn };
const texts = (steps: ReturnType<typeof historySteps>): string[] => steps.list.map(({ name }) => name.text);

describe('the list of steps', () => {
  it('D29: has what was done from the oldest on, then what can be done again, the next first', () => {
    const steps = historySteps(
      { done: ['document', select, 'document'], undone: ['document', select, 'document'] },
      {
        done: [mark('step.a'), mark('step.b')],
        undone: [mark('step.d'), mark('step.c')],
      },
    );
    expect(texts(steps)).toEqual(['step.a', 'step.select', 'step.b', 'step.c', 'step.select', 'step.d']);
    expect(steps.done).toBe(3);
    expect(steps.list.map((step) => step.drawn)).toEqual([null, drawn, null, null, drawn, null]);
    expect(steps.list[2].diff).toEqual({ added: {}, updated: {}, removed: {} });
  });

  it('D29: leaves out what something drawn has put out of reach, and knows what was done by stems', () => {
    const stems = { ...mark('step.separate'), stems: { from: 'a', to: 'b' } };
    const steps = historySteps(
      { done: ['document', 'document'], undone: ['document'] },
      { done: [mark('step.a'), stems], undone: [mark('step.lost'), mark('step.b')] },
    );
    expect(texts(steps)).toEqual(['step.a', 'step.separate', 'step.b']);
    expect(steps.list[1]).toEqual({ ...stems, drawn: null });
  });
});

describe('a step in words', () => {
  const sampleRate = 44_100;
  const song = {
    list: { givenName: (id: string) => (id === 'vocals' ? 'Anna' : null) },
    info: { sampleRate },
  };
  const t = ((key: keyof typeof textsOf.en, values?: Record<string, string | number>) =>
    fillText(textsOf.en[key], values)) as Settings['t'];
  const edit = (id: string, change: Partial<EditRecord> = {}): EditRecord => ({
    ...{ type: 'edit', id: `edit:${id}`, order: 0, enabled: true, kind: 'move', strength: 1 },
    ...{ sources: ['vocals'], target: 'drums', mask: '0'.repeat(64) },
    ...{ start: sampleRate, end: 1.4 * sampleRate, low: 200, high: 800 },
    ...change,
  });
  const step = (name: StepName, records: readonly EditRecord[]): HistoryStep => ({
    name,
    diff: { added: Object.fromEntries(records.map((one) => [one.id, one])), updated: {}, removed: {} },
    drawn: null,
  });

  it('says how much went from where to where', () => {
    const moved = historyWords(song, step({ text: 'step.edit.move', stem: 'drums' }, [edit('a')]), t);
    expect(moved).toEqual({
      words: 'Moved 0.40 s from Anna to drums',
      detail: '0:01.00 – 0:01.40, 200–800 Hz',
    });
    const taken = edit('b', { kind: 'attenuate', target: null, low: 0, high: sampleRate / 2, end: 88_200 });
    expect(historyWords(song, step({ text: 'step.edit.attenuate', stem: 'vocals' }, [taken]), t)).toEqual({
      words: 'Took 1.0 s away from Anna',
      detail: '0:01.00 – 0:02.00, all frequencies',
    });
    const both = [edit('z', { order: 1, sources: ['bass'] }), edit('y')];
    expect(historyWords(song, step({ text: 'step.edit.debleed', stem: 'vocals' }, both), t).words).toBe(
      'De-bled 0.40 s of Anna, and 1 more',
    );
  });

  it('names what is no new edit, with its values where it has some', () => {
    const plain = { name: { text: 'step.edit.on', stem: 'vocals' }, diff: null, drawn: null };
    expect(historyWords(song, plain, t)).toEqual({ words: 'Turn on edit of Anna', detail: '' });
    const removed = step({ text: 'step.edit.remove', stem: 'vocals' }, []);
    expect(historyWords(song, removed, t).words).toBe('Delete edit of Anna');
    const [from, to] = [newTrack('vocals', 0), { ...newTrack('vocals', 0), gainDb: -6 }];
    const gain = {
      name: { text: 'step.gain', stem: 'vocals' },
      diff: { added: {}, updated: { 'track:vocals': [from, to] as const }, removed: {} },
      drawn: null,
    };
    expect(historyWords(song, gain, t)).toEqual({ words: 'Gain of Anna', detail: '0.0 → −6.0 dB' });
    const chosen = { name: { text: 'step.select' }, diff: null, drawn };
    expect(historyWords(song, chosen, t).detail).toBe('0:01.00 – 0:02.00, all frequencies');
  });
});
