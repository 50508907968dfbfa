import { defineConfig } from 'vitest/config';

/** `npm run faults`: the long runs over many made files, too long for every test run. */
export default defineConfig({
  test: {
    include: ['test/faults-long/**/*.test.ts'],
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 3_600_000,
    hookTimeout: 600_000,
    reporters: ['default', './test/summary-reporter.ts'],
  },
});
