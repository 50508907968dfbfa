import { describe, expect, it } from 'vitest';
import { Timeline, type DrawnStep } from '../../../../src-main/common/document/timeline.js';

const step = (from: number, to: number): DrawnStep<number> => ({ text: 'step.select', from, to });

describe('the order of what was done', () => {
  it('D26: undo takes back what was last, be it drawn or a step of the document; redo goes the same way', () => {
    const line = new Timeline<number>();
    line.load({ done: 1, undone: 0 });
    line.draw(step(0, 1));
    line.follow('step', { done: 2, undone: 0 });
    line.draw(step(1, 2));
    expect(line.take('undo')).toBe(1);
    expect([line.next, line.take('undo')]).toEqual(['document', undefined]);
    line.follow('undo', { done: 1, undone: 1 });
    expect(line.take('undo')).toBe(0);
    expect(line.next).toBe('document');
    line.follow('undo', { done: 0, undone: 2 });
    expect([line.next, line.nextAgain]).toEqual([undefined, 'document']);
    line.follow('redo', { done: 1, undone: 1 });
    expect(line.take('redo')).toBe(1);
    line.follow('redo', { done: 2, undone: 0 });
    expect(line.take('redo')).toBe(2);
    expect(line.nextAgain).toBe(undefined);
  });

  it('D26: something drawn clears what could be redone, and so does a step', () => {
    const line = new Timeline<number>();
    line.load({ done: 0, undone: 2 });
    line.draw(step(0, 1));
    expect(line.nextAgain).toBe(undefined);
    line.take('undo');
    line.follow('step', { done: 1, undone: 0 });
    expect(line.nextAgain).toBe(undefined);
  });

  it('D26: a gesture that leaves no step, and a step taken back from behind something drawn, are followed', () => {
    const line = new Timeline<number>();
    line.follow('step', { done: 1, undone: 0 });
    line.draw(step(0, 1));
    line.follow('merge', { done: 0, undone: 0 });
    expect(line.next).toEqual(step(0, 1));
    line.follow('step', { done: 1, undone: 0 });
    line.draw(step(1, 2));
    line.follow('undo', { done: 0, undone: 1 });
    expect([line.next, line.nextAgain]).toEqual([step(1, 2), 'document']);
    line.follow('quiet', { done: 0, undone: 1 });
    expect(line.nextAgain).toBe('document');
  });

  it('D26: the oldest of what was drawn is forgotten, no step of the document', () => {
    const line = new Timeline<number>(2);
    line.draw(step(0, 1));
    line.follow('step', { done: 1, undone: 0 });
    line.draw(step(1, 2));
    line.draw(step(2, 3));
    expect([line.take('undo'), line.take('undo'), line.next]).toEqual([2, 1, 'document']);
    line.follow('undo', { done: 0, undone: 1 });
    expect(line.next).toBe(undefined);
  });

  it('D26: steps to what is gone are forgotten on both sides, and the others stay', () => {
    const line = new Timeline<number>();
    line.draw(step(0, 1));
    line.follow('step', { done: 1, undone: 0 });
    line.follow('step', { done: 2, undone: 0 });
    line.draw(step(1, 2));
    line.follow('step', { done: 3, undone: 0 });
    line.follow('undo', { done: 2, undone: 1 });
    // Of what is done again there is one more, which something drawn has put out of reach.
    line.forget({ done: [true, false], undone: [true, false] });
    expect(line.entries).toEqual({ done: [step(0, 1), 'document', step(1, 2)], undone: [] });
  });

  it('D26: what was drawn before a reload is taken up among the steps of the document, and those it got since', () => {
    const before = new Timeline<number>();
    before.follow('step', { done: 1, undone: 0 });
    before.draw(step(0, 1));
    before.draw(step(1, 2));
    before.take('undo');
    const { done, undone } = before.entries;
    const after = (counts: { done: number; undone: number }): Timeline<number> => {
      const line = new Timeline<number>();
      line.load(counts);
      line.takeUp({ done, undone }, counts);
      return line;
    };
    expect(after({ done: 1, undone: 0 }).entries).toEqual({
      done: ['document', step(0, 1)],
      undone: [step(1, 2)],
    });
    // A step that drawing has put out of reach stays there.
    expect(after({ done: 1, undone: 2 }).entries.undone).toEqual([step(1, 2)]);
    const grown = ['document', step(0, 1), 'document'];
    expect(after({ done: 2, undone: 0 }).entries).toEqual({ done: grown, undone: [] });
    expect(after({ done: 0, undone: 0 }).entries).toEqual({ done: [], undone: [] });
  });

  it('D26: steps of the document that were taken back, or done again, since something was kept are on the other side', () => {
    const taken = (done: number, undone: number): Timeline<number>['entries'] => {
      const line = new Timeline<number>();
      line.load({ done, undone });
      const kept = { done: ['document', step(0, 1), 'document'], undone: [step(1, 2), 'document'] } as const;
      line.takeUp(kept, { done, undone });
      return line.entries;
    };
    expect(taken(1, 2)).toEqual({
      done: ['document', step(0, 1)],
      undone: [step(1, 2), 'document', 'document'],
    });
    expect(taken(0, 3)).toEqual({
      done: [],
      undone: [step(1, 2), 'document', 'document', step(0, 1), 'document'],
    });
    expect(taken(3, 0)).toEqual({
      done: ['document', step(0, 1), 'document', 'document'],
      undone: [step(1, 2)],
    });
    // One of them is lost: the rest would not fit.
    expect(taken(1, 1)).toEqual({ done: ['document'], undone: ['document'] });
  });
});
