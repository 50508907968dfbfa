import type { PcmRequest } from '../../src-main/common/contract/session.js';
import { PcmReader } from '../../src-main/node/audio/pcm-cache.js';
import type { EngineApi } from '../../src-main/node/api/engine-api.js';
import { trackOf } from '../../src-main/node/session/session.js';

/** The samples of a track as they are on disk now, `[channels][count]`. */
export function pcmOf(engine: EngineApi, { session, track, start, count }: PcmRequest): Float32Array {
  const { ref } = trackOf(engine.sessions.store.get(session), track);
  const all = new Float32Array(ref.channels * count);
  const reader = new PcmReader(ref);
  try {
    const planes = Array.from({ length: ref.channels }, (_, c) => all.subarray(c * count, (c + 1) * count));
    reader.read(start, count, planes);
    return all;
  } finally {
    reader.dispose();
  }
}
