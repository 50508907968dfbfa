import { readFileSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { afterAll, describe, expect, it } from 'vitest';
import { CodecClient } from '../../src-main/node/audio/codec-client.js';
import { testFolder } from '../fixtures/audio/caches.js';
import { corpus } from '../fixtures/audio/corpus/cases.js';
import { judges } from '../fixtures/audio/corpus/judges.js';
import { judge, type CaseResult } from '../fixtures/audio/corpus/run.js';
import { tableOf } from '../fixtures/audio/corpus/table.js';

const page = 'docs/reading.md';
const [begin, end] = ['<!-- table: begin -->', '<!-- table: end -->'];

describe('the corpus', () => {
  const dir = testFolder();
  const codec = new CodecClient();
  afterAll(() => codec.dispose());
  const cases = corpus();
  const results: CaseResult[] = [];

  it(`${cases.length} files are read as they must be, and as the second decoders read them`, async () => {
    expect(cases.length).toBeGreaterThanOrEqual(600);
    expect(new Set(cases.map(({ name }) => name)).size).toBe(cases.length);
    for (const file of cases) results.push(await judge(codec, dir, file));
    const bad = results.filter(({ complaints }) => complaints.length > 0);
    expect(bad.map(({ file, complaints }) => `${file.name}: ${complaints.join(', ')}`)).toEqual([]);
  });

  // Without both second decoders the figures would be others.
  it.skipIf(judges.length < 2)(
    'docs/reading.md has the table of this run (`npm run reading-table` writes it)',
    async () => {
      const text = readFileSync(page, 'utf8');
      const [before, rest] = text.split(begin);
      const after = rest.split(end)[1];
      const made = await format(`${before}${begin}\n\n${tableOf(results)}\n\n${end}${after}`, {
        ...{ parser: 'markdown', printWidth: 110 },
      });
      if (process.env['UNBRAID_WRITE_TABLE']) writeFileSync(page, made);
      expect(readFileSync(page, 'utf8')).toBe(made);
    },
  );
});
