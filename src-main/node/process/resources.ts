import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * The path of something that ships with the program, as `models/weights`. In a packaged desktop program it lies
 * beside the archive, because helper processes and native code cannot read inside one.
 */
export function resourcePath(name: string, root: URL = new URL('../../../', import.meta.url)): string {
  return join(fileURLToPath(root), name).replace(/([\\/]app\.asar)(?=[\\/])/, '$1.unpacked');
}
