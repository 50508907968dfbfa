import { getEventListeners } from 'node:events';
import { expect, it } from 'vitest';
import { scoreInThread } from '../../../../src-main/node/jobs/score-thread.js';
import { cacheOf, testFolder } from '../../../fixtures/audio/caches.js';
import { noise } from '../../../fixtures/signals.js';

const dir = testFolder();
const planes = [1, 2].map((seed) => noise(8000, seed));
const references = planes.map((plane) => cacheOf(dir, [plane], 8000));
const estimates = planes.map((plane) => cacheOf(dir, [plane.map((x) => 0.9 * x)], 8000));
const task = { references, method: { kind: 'estimates', estimates }, groups: [[0, 1]], dir } as const;

it('scores in a thread, which leaves no listener on the signal of many tasks', async () => {
  const { signal } = new AbortController();
  const [scores] = await scoreInThread(task, signal, () => undefined);
  for (const { usdr } of scores) expect(usdr).toBeCloseTo(20, 3);
  expect(getEventListeners(signal, 'abort')).toEqual([]);
});

it('ends when the signal fires', async () => {
  const controller = new AbortController();
  const running = scoreInThread(task, controller.signal, () => undefined);
  controller.abort();
  await expect(running).rejects.toMatchObject({ code: 'cancelled' });
});
