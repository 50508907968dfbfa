import { afterAll, describe, expect, it } from 'vitest';
import { CodecClient } from '../../src-main/node/audio/codec-client.js';
import { testFolder } from '../fixtures/audio/caches.js';
import { corpus, sampleOf } from '../fixtures/audio/corpus/cases.js';
import { judges } from '../fixtures/audio/corpus/judges.js';
import { judge } from '../fixtures/audio/corpus/run.js';

// All of it is `npm run faults`.
const fixed = sampleOf(corpus(), 60);
const asked = judges.length === 0 ? 'no second decoder is installed here' : `asked: ${judges.join(', ')}`;

describe(`P12 60 files of the corpus (${asked})`, () => {
  const dir = testFolder();
  const codec = new CodecClient();
  afterAll(() => codec.dispose());

  it.each(fixed.map((file) => [file.name, file] as const))('%s', async (_, file) => {
    expect((await judge(codec, dir, file)).complaints).toEqual([]);
  });
});
