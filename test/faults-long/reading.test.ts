import { afterAll, expect, it } from 'vitest';
import { CodecClient } from '../../src-main/node/audio/codec-client.js';
import { testFolder } from '../fixtures/audio/caches.js';
import { corpus } from '../fixtures/audio/corpus/cases.js';
import { judge, type CaseResult } from '../fixtures/audio/corpus/run.js';

const dir = testFolder();
const codec = new CodecClient();
afterAll(() => codec.dispose());

it('every file of the corpus is read as it must be, and as the second decoders read it', async () => {
  const cases = corpus();
  expect(cases.length).toBeGreaterThanOrEqual(600);
  const results: CaseResult[] = [];
  for (const file of cases) results.push(await judge(codec, dir, file));
  const bad = results.filter((result) => result.complaints.length > 0);
  expect(bad.map(({ file, complaints }) => `${file.name}: ${complaints.join(', ')}`)).toEqual([]);
});
