import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { _electron, type Page } from '@playwright/test';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** Starts the desktop program with separate settings; its page shows itself with `?debug`. */
export async function startElectron(
  program: string,
): Promise<{ readonly page: Page; stop(): Promise<void> }> {
  const data = mkdtempSync(join(tmpdir(), 'unbraid-e2e-'));
  const app = await _electron.launch({
    executablePath: program,
    args: [root, `--user-data-dir=${data}`, '--no-sandbox', '--lang=en-GB'],
    env: { ...(process.env as Record<string, string>), UNBRAID_PAGE_QUERY: 'debug' },
  });
  const page = await app.firstWindow();
  await page.setViewportSize({ width: 1440, height: 900 });
  return {
    page,
    stop: async () => {
      await app.close();
      rmSync(data, { recursive: true, force: true });
    },
  };
}
