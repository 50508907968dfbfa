// electron-builder calls this with every folder that it has packed (electron-builder.yml): what must not be in it goes,
// and a folder that lacks this system's native libraries, or has another's, fails.
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

/** electron-builder's numbers of architectures. */
const architectures = { 1: 'x64', 3: 'arm64' };

/** Folders two below, like `win32/arm64`. */
function pairsIn(dir) {
  if (!existsSync(dir)) return [];
  return readdirSync(dir).flatMap((outer) =>
    readdirSync(join(dir, outer)).map((inner) => `${outer}/${inner}`),
  );
}

/** What is wrong with the native libraries of a packed program, a line each. */
export function foreignLibraries(unpacked, platform, arch) {
  const codecs = join(unpacked, 'node_modules/@seydx');
  const found = existsSync(codecs) ? readdirSync(codecs) : [];
  const wanted = new RegExp(`^node-av-${platform}-${arch}(-\\w+)?$`);
  const lines = found
    .filter((name) => !wanted.test(name))
    .map((name) => `${name} does not belong to ${platform}-${arch}`);
  if (!found.some((name) => wanted.test(name)))
    lines.push(`node-av's binary for ${platform}-${arch} is missing: npm ci --os=${platform} --cpu=${arch}`);
  const inference = pairsIn(join(unpacked, 'out/node_modules/onnxruntime-node/bin/napi-v6'));
  if (inference.join() !== `${platform}/${arch}`)
    lines.push(`onnxruntime-node has ${inference.join(', ') || 'nothing'} in place of ${platform}/${arch}`);
  return lines;
}

export default function afterPack({ appOutDir, arch, electronPlatformName, packager }) {
  const resources = packager.getResourcesDir(appOutDir);
  // Electron's own demonstration, which electron-builder leaves when it is given a folder.
  rmSync(join(resources, 'default_app.asar'), { force: true });
  const unpacked = join(resources, 'app.asar.unpacked');
  const lines = foreignLibraries(unpacked, electronPlatformName, architectures[arch]);
  if (lines.length > 0) throw new Error(lines.join('\n'));
}
