// Loaded before a command (`--import`): its n-th file operation below a folder fails. UNBRAID_FAIL says how:
// code|n|part of the process's entry|folder|file that gets the number of operations when the process ends
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [code, at, entry, root, counted] = (process.env['UNBRAID_FAIL'] ?? '').split('|');

if (entry && process.argv[1]?.includes(entry)) {
  const fds = new Set();
  let seen = 0;
  const fail = (path) => {
    if (++seen === Number(at)) throw Object.assign(new Error(`${code}: made`), { code, path });
  };
  const below = (path) => typeof path === 'string' && path.startsWith(root);
  const { openSync, closeSync } = fs;
  fs.openSync = (path, ...rest) => {
    if (below(path)) fail(path);
    const fd = openSync(path, ...rest);
    if (below(path)) fds.add(fd);
    return fd;
  };
  fs.closeSync = (fd) => {
    fds.delete(fd);
    return closeSync(fd);
  };
  for (const name of ['writeSync', 'fsyncSync', 'fdatasyncSync', 'ftruncateSync']) {
    const original = fs[name];
    fs[name] = (fd, ...rest) => {
      if (fds.has(fd)) fail();
      return original(fd, ...rest);
    };
  }
  for (const name of [
    'writeFileSync',
    'renameSync',
    'linkSync',
    'mkdirSync',
    'copyFileSync',
    'truncateSync',
  ]) {
    const original = fs[name];
    fs[name] = (path, ...rest) => {
      if (below(path)) fail(path);
      return original(path, ...rest);
    };
  }
  syncBuiltinESMExports();
  process.on('exit', () => {
    if (counted) fs.appendFileSync(counted, `${seen}\n`);
  });
}
