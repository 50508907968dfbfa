import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { UnbraidError } from '../../common/base/errors.js';
import { maxPcmFrames } from '../../common/contract/session.js';
import { bytesOf } from '../files/bytes.js';
import type { SessionStore } from '../session/session-store.js';

const session = z.string().regex(/^[0-9a-f]{32}$/);
const track = z.string().min(1).max(100);
const whole = (low: number, high: number) => z.coerce.number().int().min(low).max(high);
const powerOfTwo = (low: number) => whole(low, 32768).refine((n) => (n & (n - 1)) === 0, 'a power of two');

const schemas = {
  tile: z.object({
    session,
    track,
    nFft: powerOfTwo(256),
    hop: powerOfTwo(32),
    window: z.enum(['hann', 'hamming', 'blackman', 'blackman-harris', 'sine', 'rectangular']),
    level: whole(0, 20),
    column: whole(0, 1 << 24),
    row: whole(0, 64),
  }),
  pcm: z.object({ session, track, start: whole(-1e12, 1e12), count: whole(1, maxPcmFrames) }),
  peaks: z.object({ session, track, columns: whole(1, 65536) }),
  mask: z.object({ session, mask: z.string().regex(/^[0-9a-f]{64}$/) }),
};

function parse<T>(schema: z.ZodType<T>, query: URLSearchParams): T {
  const result = schema.safeParse(Object.fromEntries(query));
  if (result.success) return result.data;
  const issue = result.error.issues[0];
  throw new UnbraidError('invalid-argument', `"${issue.path.join('.')}" is not valid: ${issue.message}`);
}

/** The binary answers of the contract (see contract/session.ts); undefined for another path. */
export async function binaryAnswer(
  path: string,
  query: URLSearchParams,
  store: () => SessionStore,
): Promise<Uint8Array | undefined> {
  if (path === '/tile') return store().tile(parse(schemas.tile, query));
  if (path === '/pcm') return bytesOf(store().pcm(parse(schemas.pcm, query)));
  if (path === '/peaks') return bytesOf(await store().peaks(parse(schemas.peaks, query)));
  if (path === '/mask') {
    const { session: id, mask } = parse(schemas.mask, query);
    return readFile(store().get(id).edits.maskFile(mask));
  }
  return undefined;
}
