import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { toUnbraidError } from '../../common/base/errors.js';

export interface ContentHash {
  readonly sha256: string;
  readonly bytes: number;
}

/** SHA-256 of a file's bytes. Throws typed system errors, `cancelled`. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<ContentHash> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, ...(signal && { signal }) })) {
      hash.update(chunk as Buffer);
      bytes += (chunk as Buffer).length;
    }
  } catch (error) {
    throw toUnbraidError(error, path);
  }
  return { sha256: hash.digest('hex'), bytes };
}

/** SHA-256 of a text. */
export function hashText(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
