import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { toUnbraidError } from '../../common/base/errors.js';
import { openRegular } from './file-bytes.js';

export interface ContentHash {
  readonly sha256: string;
  readonly bytes: number;
}

/** SHA-256 of a regular file's bytes. Throws typed system errors, `not-audio` for pipes and devices, `cancelled`. */
export async function hashFile(path: string, signal?: AbortSignal): Promise<ContentHash> {
  const hash = createHash('sha256');
  let bytes = 0;
  try {
    const { fd } = openRegular(path);
    const options = { fd, highWaterMark: 1 << 20, ...(signal && { signal }) };
    for await (const chunk of createReadStream(path, options)) {
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
