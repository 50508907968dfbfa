import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { Catalogue } from '../../common/models/catalogue.js';
import { keepCatalogue, longestCatalogue } from '../catalogue/catalogue-store.js';
import type { HttpClient } from './http.js';

/**
 * Fetches the catalogue of an address and keeps it for the next runs, if it is valid. Throws what downloads throw, and
 * `model-manifest-invalid`.
 */
export async function fetchCatalogue(
  http: HttpClient,
  address: string,
  signal?: AbortSignal,
): Promise<Catalogue> {
  const answer = await http.get(address, {}, signal);
  try {
    if (answer.status !== 200) {
      throw new UnbraidError(
        'download-refused',
        `${answer.url.host} has no catalogue there (status ${answer.status})`,
      );
    }
    const chunks: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of answer.body) {
      bytes += chunk.length;
      if (bytes > longestCatalogue)
        throw new UnbraidError('too-large', `The catalogue has more than ${longestCatalogue} bytes`);
      chunks.push(chunk);
    }
    const text = Buffer.concat(chunks).toString('utf8');
    return keepCatalogue(text, address);
  } catch (error) {
    throw toUnbraidError(error, address);
  } finally {
    answer.body.dispose();
  }
}
