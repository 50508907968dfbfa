// `npm start`: the desktop window where Electron's binary is, else the same editor in the browser.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const root = dirname(fileURLToPath(import.meta.url));

/**
 * The path of Electron's program, or the reason why there is none. Nothing is fetched: the package itself would
 * download it, for minutes or without end.
 */
export function findElectron(env = process.env, platform = process.platform, folder = electronFolder()) {
  const pathFile = folder && join(folder, 'path.txt');
  const usual = { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' };
  const name =
    pathFile && existsSync(pathFile)
      ? readFileSync(pathFile, 'utf8').trim()
      : (usual[platform] ?? 'electron');
  const dist = env.ELECTRON_OVERRIDE_DIST_PATH ?? (folder && join(folder, 'dist'));
  const path = dist && join(dist, name);
  if (!path || !existsSync(path)) return { reason: "Electron's program is not installed" };
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY) return { reason: 'there is no display' };
  return { path };
}

function electronFolder() {
  try {
    return dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  } catch {
    return undefined;
  }
}

function run(program, args) {
  let child;
  // Ctrl+C reaches the child by itself; what is sent to this process only is handed on, from its first moment.
  const handOn = (signal) => child?.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, handOn);
  child = spawn(program, args, { stdio: 'inherit', cwd: root });
  return new Promise((resolve) => {
    child.once('error', () => resolve(undefined));
    child.once('exit', (code, signal) => resolve(signal ? 1 : code));
  });
}

async function main(args) {
  const { path, reason } = findElectron();
  const code = path && (await run(path, [root, ...args]));
  if (typeof code === 'number') return code;
  console.log(`No desktop window: ${reason ?? 'Electron did not start'}; opening the editor in the browser.`);
  return (await run(process.execPath, [join(root, 'out/hosts/cli/main.js'), 'serve', ...args])) ?? 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.exitCode = await main(process.argv.slice(2));
}
