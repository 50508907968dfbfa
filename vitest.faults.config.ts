import { defineConfig } from 'vitest/config';

// Printed, so that a failure is seen again with the same one.
const seed = process.env['UNBRAID_SEED'] ?? `${Date.now() % 2 ** 31}`;
console.log(`faults: UNBRAID_SEED=${seed}`);

/**
 * `npm run faults`: all of what a usual test run takes a sample of (test/faults/support/scale.ts), what is too long for
 * every test run, and all property tests with fresh seeds.
 * A counterexample is kept in test/fixtures/counterexamples.json.
 */
export default defineConfig({
  test: {
    include: ['test/faults-long/**/*.test.ts', 'test/faults/**/*.test.ts', 'test/unit/**/*.test.ts'],
    env: { UNBRAID_FAULTS: 'all', UNBRAID_SEEDS: 'fresh', UNBRAID_RUNS: '60', UNBRAID_SEED: seed },
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 3_600_000,
    hookTimeout: 600_000,
    reporters: ['default', './test/summary-reporter.ts'],
  },
});
