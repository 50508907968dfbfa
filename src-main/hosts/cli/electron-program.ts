import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Where Electron's program is, or why it cannot be started. */
export type ElectronProgram =
  { readonly path: string } | { readonly path?: undefined; readonly reason: string };

/**
 * Looks for Electron's program beside Unbraid. Nothing is fetched: Electron's own package would download it, for
 * minutes or without end.
 */
export function findElectron(
  env: NodeJS.ProcessEnv = process.env,
  platform: NodeJS.Platform = process.platform,
  folder = electronFolder(),
): ElectronProgram {
  const dist = env['ELECTRON_OVERRIDE_DIST_PATH'] ?? (folder && join(folder, 'dist'));
  const path = dist && join(dist, programName(platform, folder));
  if (!path || !existsSync(path)) return { reason: "Electron's program is not installed" };
  if (platform === 'linux' && !env['DISPLAY'] && !env['WAYLAND_DISPLAY'])
    return { reason: 'there is no display' };
  return { path };
}

function programName(platform: NodeJS.Platform, folder: string | undefined): string {
  const pathFile = folder && join(folder, 'path.txt');
  if (pathFile && existsSync(pathFile)) return readFileSync(pathFile, 'utf8').trim();
  if (platform === 'win32') return 'electron.exe';
  return platform === 'darwin' ? 'Electron.app/Contents/MacOS/Electron' : 'electron';
}

function electronFolder(): string | undefined {
  try {
    return dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  } catch {
    return undefined;
  }
}
