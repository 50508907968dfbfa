import { describe, expect, it } from 'vitest';
import { makeReport } from '../../../src-renderer/jobs/batch-report.js';
import type { QueueEntry } from '../../../src-main/common/contract/queue.js';

const entry = (name: string, state: QueueEntry['state']): QueueEntry => ({
  id: name,
  name,
  folders: ['Album'],
  product: 'stems',
  state,
});

describe('the report of a batch', () => {
  it('says what became of each song, without handles', () => {
    const facts = {
      ...{ model: 'hpss', provider: 'cpu', nullDb: -150, writtenNullDb: -50, gainDb: 0 },
      ...{ audioSeconds: 60, workSeconds: 6, warnings: [] },
    };
    const result = {
      ...facts,
      files: [{ name: 'a [vocals].wav', bytes: 10, handle: 'f'.repeat(32) }],
    };
    const error = { code: 'not-audio', message: 'This is not audio' } as const;
    const report = makeReport(
      [entry('a.wav', { state: 'done', result }), entry('b.mp3', { state: 'failed', error })],
      new Date(0),
    );
    expect(report.madeAt).toBe('1970-01-01T00:00:00.000Z');
    expect(report.summary).toMatchObject({ done: 1, failed: 1, waiting: 0 });
    expect(report.songs).toEqual([
      {
        ...{ source: 'Album/a.wav', product: 'stems', state: 'done', ...facts },
        files: [{ name: 'a [vocals].wav', bytes: 10 }],
      },
      { source: 'Album/b.mp3', product: 'stems', state: 'failed', error },
    ]);
    expect(JSON.stringify(report)).not.toContain('fff');
  });
});
