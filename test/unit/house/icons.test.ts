import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));

it('the icons in assets are drawn from icon.svg (`npm run icons` draws them)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'unbraid-icons-test-'));
  try {
    execFileSync(process.execPath, [join(root, 'tools/draw-icons.mjs'), folder]);
    const drawn = (readdirSync(folder, { recursive: true }) as string[]).filter((name) => name.includes('.'));
    expect(drawn.length).toBe(11);
    for (const name of drawn)
      expect(readFileSync(join(folder, name)).equals(readFileSync(join(root, 'assets', name))), name).toBe(
        true,
      );
    // The largest of Windows' has its size and place in the table at the front.
    const ico = readFileSync(join(folder, 'icon.ico'));
    const last = 6 + 16 * (ico.readUInt16LE(4) - 1);
    const png = ico.subarray(
      ico.readUInt32LE(last + 12),
      ico.readUInt32LE(last + 12) + ico.readUInt32LE(last + 8),
    );
    expect(png.equals(readFileSync(join(folder, 'icons/256x256.png')))).toBe(true);
    const icns = readFileSync(join(folder, 'icon.icns'));
    expect([icns.toString('latin1', 0, 4), icns.readUInt32BE(4)]).toEqual(['icns', icns.length]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
