import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Minutes each: only `npm run faults` runs them.
    exclude: ['test/faults-long/**'],
    // Tests start real codec and inference processes; two at a time fit two cores.
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ['default', './test/summary-reporter.ts'],
    coverage: {
      // See test/README.md. Helper processes and the browser are not seen.
      enabled: process.env.UNBRAID_COVERAGE === '1',
      provider: 'v8',
      include: [
        'src-main/{common,node,hosts}/**/*.ts',
        'src-renderer/{base,picture,playback,workers}/**/*.ts',
      ],
      exclude: ['**/*.d.ts', '**/*.svelte.ts', '**/*.generated.ts', '**/wasm/assembly/**'],
      reporter: ['text-summary', 'json-summary'],
      reportsDirectory: 'out/coverage',
      // A floor that only rises: a better run writes its whole per cents here.
      thresholds: {
        autoUpdate: process.env.CI ? false : Math.floor,
        statements: 56,
        branches: 46,
        functions: 55,
        lines: 56,
        'src-main/common/**': { lines: 93 },
      },
    },
  },
});
