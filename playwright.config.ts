import { defineConfig } from '@playwright/test';
import type { ProjectOptions } from './test/e2e/support/host.js';

/**
 * The specs run against the real web host and engine; each worker starts its own (see test/e2e/support/host.ts).
 * Build first: `npm run build`.
 */
export default defineConfig<object, ProjectOptions>({
  testDir: 'test/e2e',
  testMatch: '**/*.spec.ts',
  outputDir: 'out/.playwright',
  workers: 1,
  // A browser on a busy machine now and then misses an event; a second failure is one.
  retries: process.env.CI ? 1 : 0,
  timeout: 120_000,
  expect: { timeout: 20_000 },
  reporter: [['list']],
  projects: [
    { name: 'browser' },
    // The same specs in the desktop window, where the runner found its program; `shell-page` plays a window itself, and a report is opened in a browser.
    ...(process.env.ELECTRON_PROGRAM
      ? [
          {
            name: 'electron',
            testIgnore: ['**/shell-page.spec.ts', '**/compare-report.spec.ts'],
            use: { electron: process.env.ELECTRON_PROGRAM },
          },
        ]
      : []),
  ],
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-GB',
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
      args: [
        '--no-sandbox',
        '--disable-gpu',
        // WebGL 2 on the processor.
        '--use-gl=angle',
        '--use-angle=swiftshader',
        '--enable-unsafe-swiftshader',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--autoplay-policy=no-user-gesture-required',
      ],
    },
  },
});
