import { describe, expect, it } from 'vitest';
import { Turns, type Turn } from '../../../../src-main/node/inference/turns.js';

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('turns', () => {
  it('Q1 one at a time, in the order in which they were asked for', async () => {
    const turns = new Turns();
    const got: string[] = [];
    const wait = async (name: string): Promise<Turn> => {
      const turn = await turns.take('interactive');
      got.push(name);
      return turn;
    };
    const [a, b, c] = [wait('a'), wait('b'), wait('c')];
    await settled();
    expect(got).toEqual(['a']);
    (await a).dispose();
    (await a).dispose();
    await settled();
    expect(got).toEqual(['a', 'b']);
    (await b).dispose();
    (await c).dispose();
    expect(got).toEqual(['a', 'b', 'c']);
  });

  it('Q2 interactive work goes ahead of batches, and a batch that works hears of it', async () => {
    const turns = new Turns();
    const running = await turns.take('batch');
    const got: string[] = [];
    const take = async (name: string, urgency: 'batch' | 'interactive'): Promise<void> => {
      const turn = await turns.take(urgency);
      got.push(name);
      turn.dispose();
    };
    const all = [take('batch', 'batch')];
    expect(running.wanted).toBe(false);
    all.push(take('first', 'interactive'), take('second', 'interactive'));
    expect(running.wanted).toBe(true);
    running.dispose();
    await Promise.all(all);
    expect(got).toEqual(['first', 'second', 'batch']);
    const person = await turns.take('interactive');
    void turns.take('interactive');
    expect(person.wanted).toBe(false);
  });

  it('Q3 who waits knows the place, whenever it changes', async () => {
    const turns = new Turns();
    const first = await turns.take('interactive', { onPlace: () => expect.fail('it did not wait') });
    const places: [string, number][] = [];
    const abort = new AbortController();
    const batch = turns.take('batch', { onPlace: (place) => places.push(['batch', place]) });
    const left = turns.take('interactive', {
      signal: abort.signal,
      onPlace: (place) => places.push(['left', place]),
    });
    expect(places).toEqual([
      ['batch', 1],
      ['left', 1],
      ['batch', 2],
    ]);
    abort.abort();
    await expect(left).rejects.toMatchObject({ code: 'cancelled' });
    expect(places.at(-1)).toEqual(['batch', 1]);
    first.dispose();
    (await batch).dispose();
  });

  it('Q4 leaving the line costs no one else a turn', async () => {
    const turns = new Turns();
    const first = await turns.take('batch');
    const abort = new AbortController();
    const left = turns.take('batch', { signal: abort.signal });
    const last = turns.take('batch');
    abort.abort();
    await expect(left).rejects.toMatchObject({ code: 'cancelled' });
    await expect(turns.take('batch', { signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: 'cancelled',
    });
    first.dispose();
    (await last).dispose();
    (await turns.take('batch')).dispose();
  });
});
