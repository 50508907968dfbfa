import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { SimilarPlace } from '../../src-main/common/contract/masks.js';
import type { SessionInfo } from '../../src-main/common/contract/session.js';
import { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import { fetchMask } from '../api/data.js';
import type { SentMasks } from './sent-masks.js';

/** What a stem dominates of another one, and where. */
export interface Bleed {
  readonly stem: string;
  readonly mask: TileMask;
}

/** What repairs need to know of the sound; the engine looks it up. All reject with typed errors. */
export interface RepairPort {
  /** What of a stem, where the mask is, others dominate; `amount` is 0 … 1 (see `findBleed` of the contract). */
  bleed(stem: string, mask: TileMask, amount: number): Promise<readonly Bleed[]>;
  /** A mask with its overtones in a track, `count` multiples of the fundamental with itself. */
  overtones(track: string, mask: TileMask, count: number): Promise<TileMask>;
  /** Places of a track that are like what a mask covers; `least` is a correlation, 0 … 1. */
  similar(track: string, mask: TileMask, least: number): Promise<readonly SimilarPlace[]>;
}

/** The engine's side of the repairs of one session. */
export function repairPort(
  client: EngineClient,
  { session }: Pick<SessionInfo, 'session'>,
  masks: SentMasks,
): RepairPort {
  const send = (mask: TileMask): Promise<string> =>
    masks.send(session, mask.encode() as Uint8Array<ArrayBuffer>);
  const fetched = async (hash: string): Promise<TileMask> => TileMask.decode(await fetchMask(session, hash));
  return {
    overtones: async (track, mask, count) => {
      const pick = { kind: 'overtones' as const, track, mask: await send(mask), count };
      const found = await client.pickMask({ job: crypto.randomUUID(), session, pick });
      return fetched(found.mask);
    },
    similar: async (track, mask, least) => {
      const request = { job: crypto.randomUUID(), session, track, mask: await send(mask), least };
      return (await client.findSimilar(request)).places;
    },
    bleed: async (track, mask, amount) => {
      const request = { job: crypto.randomUUID(), session, track, mask: await send(mask), amount };
      const { parts } = await client.findBleed(request);
      return Promise.all(parts.map(async (part) => ({ stem: part.track, mask: await fetched(part.mask) })));
    },
  };
}
