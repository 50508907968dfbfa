import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { UnbraidError } from '../../common/base/errors.js';
import { firstFault } from '../../common/base/validation.js';
import { channelViews, spectrumMethods, maxPcmFrames } from '../../common/contract/session.js';
import { bytesOf } from '../files/bytes.js';
import type { SessionStore } from '../session/session-store.js';

const handle = z.string().regex(/^[0-9a-f]{32}$/);
const track = z.string().min(1).max(100);
const integer = (low: number, high: number) => z.coerce.number().int().min(low).max(high);
const powerOfTwo = (low: number) => integer(low, 32768).refine((n) => (n & (n - 1)) === 0, 'a power of two');

const schemas = {
  tile: z.object({
    session: handle,
    track,
    nFft: powerOfTwo(256),
    hop: powerOfTwo(32),
    window: z.enum(['hann', 'hamming', 'blackman', 'blackman-harris', 'sine', 'rectangular']),
    channels: z.enum(channelViews).default('all'),
    method: z.enum(spectrumMethods).default('window'),
    level: integer(0, 20),
    column: integer(0, 1 << 24),
    row: integer(0, 64),
    coarse: z.stringbool().default(false),
  }),
  pcm: z.object({
    ...{ session: handle, track, start: integer(-1e12, 1e12), count: integer(1, maxPcmFrames) },
    bare: z.stringbool().default(false),
    stems: handle.optional(),
    removed: z.stringbool().optional(),
  }),
  peaks: z.object({
    session: handle,
    track,
    columns: integer(1, 65536),
    split: z.stringbool().default(false),
  }),
  mask: z.object({ session: handle, mask: z.string().regex(/^[0-9a-f]{64}$/) }),
};

function parse<T>(schema: z.ZodType<T>, query: URLSearchParams): T {
  const result = schema.safeParse(Object.fromEntries(query));
  if (result.success) return result.data;
  const { where, says } = firstFault(result.error);
  throw new UnbraidError('invalid-argument', `"${where}" is not valid: ${says}`);
}

/** What a binary request is answered with, and how long it is; large ones are read while they are sent. */
export interface BinaryAnswer {
  readonly bytes: number;
  readonly body: Uint8Array | Readable;
}

/** The binary answers of the contract (see contract/session.ts); undefined for another path. Throws typed errors. */
export async function binaryAnswer(
  path: string,
  query: URLSearchParams,
  store: () => SessionStore,
): Promise<BinaryAnswer | undefined> {
  if (path === '/tile') return whole(await store().tile(parse(schemas.tile, query)));
  if (path === '/pcm') {
    const { bare, ...request } = parse(schemas.pcm, query);
    if (bare) return whole(bytesOf(await store().barePcm(request)));
    const { bytes, pieces } = store().pcm(request);
    return { bytes, body: pieces };
  }
  if (path === '/peaks') return whole(bytesOf(await store().peaks(parse(schemas.peaks, query))));
  if (path === '/mask') {
    const { session: id, mask } = parse(schemas.mask, query);
    const file = store().get(id).edits.maskFile(mask);
    return { bytes: (await stat(file)).size, body: createReadStream(file) };
  }
  return undefined;
}

function whole(body: Uint8Array): BinaryAnswer {
  return { bytes: body.byteLength, body };
}
