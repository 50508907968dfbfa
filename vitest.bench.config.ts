import { defineConfig } from 'vitest/config';

/** `npm run bench`: measures, asserts nothing about time, one thing after the other. */
export default defineConfig({
  test: {
    include: ['test/bench/**/*.bench.ts'],
    // The table of a GPU is asked for by name.
    exclude: process.argv.some((argument) => argument.endsWith('gpu.bench.ts'))
      ? []
      : ['test/bench/gpu.bench.ts'],
    fileParallelism: false,
    maxWorkers: 1,
    testTimeout: 3_600_000,
    hookTimeout: 600_000,
  },
});
