import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import fastCheck from 'fast-check';
import { expect } from 'vitest';

/**
 * fast-check with seeds that the project decides. A usual run draws the same values every time, so that it never fails
 * by chance; with `UNBRAID_SEEDS=fresh` (as in `npm run faults`) every run draws new ones, and a counterexample is
 * written to `test/fixtures/counterexamples.json`. What stands there is tried first in every run, for ever.
 */
const fixedSeed = 20261129;
const file = new URL('../fixtures/counterexamples.json', import.meta.url);

interface Counterexample {
  readonly test: string;
  readonly seed: number;
  readonly path: string;
}

const kept = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as readonly Counterexample[]) : [];
const fresh = process.env['UNBRAID_SEEDS'] === 'fresh';

type Settings = Parameters<typeof fastCheck.check>[1] & {};

function keep(example: Counterexample): void {
  const all = existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Counterexample[]) : [];
  writeFileSync(file, `${JSON.stringify([...all, example], null, 2)}\n`);
}

async function assertAsync<T>(property: fastCheck.IAsyncProperty<T>, settings: Settings): Promise<void> {
  const result = await fastCheck.check(property, settings);
  report(result);
  if (result.failed) throw failure(await fastCheck.asyncDefaultReportMessage(result), result);
}

function failure<T>(text: string | undefined, { errorInstance }: fastCheck.RunDetails<T>): Error {
  const why = errorInstance instanceof Error ? errorInstance.message : String(errorInstance);
  return new Error(`${text ?? ''}\n${why}`, { cause: errorInstance });
}

function report<T>({ failed, seed, counterexamplePath }: fastCheck.RunDetails<T>): void {
  if (!failed || !fresh || counterexamplePath === null) return;
  keep({ test: expect.getState().currentTestName ?? '', seed, path: counterexamplePath });
}

function assertProperty<T>(property: fastCheck.IAsyncProperty<T>, settings?: Settings): Promise<void>;
function assertProperty<T>(property: fastCheck.IProperty<T>, settings?: Settings): void;
function assertProperty<T>(
  property: fastCheck.IProperty<T> | fastCheck.IAsyncProperty<T>,
  settings: Settings = {},
): void | Promise<void> {
  const name = expect.getState().currentTestName ?? '';
  const own = fresh ? settings : { seed: fixedSeed, ...settings };
  const runs = [
    ...kept.filter(({ test }) => test === name).map(({ seed, path }) => ({ ...settings, seed, path })),
    own,
  ];
  if (property.isAsync()) {
    const asynchronous = property as fastCheck.IAsyncProperty<T>;
    return runs.reduce(async (before, run) => {
      await before;
      await assertAsync(asynchronous, run);
    }, Promise.resolve());
  }
  for (const run of runs) {
    const result = fastCheck.check(property as fastCheck.IProperty<T>, run);
    report(result);
    if (result.failed) throw failure(fastCheck.defaultReportMessage(result), result);
  }
}

const fc = { ...fastCheck, assert: assertProperty };
export default fc;
