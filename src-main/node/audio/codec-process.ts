import { serveRpc } from '../process/rpc.js';
import type { CodecApi } from './codec-api.js';
import { extractCover } from './cover.js';
import { decodeToCache, readThrough } from './decode.js';
import { encodeSet } from './encode-set.js';
import { quietFfmpeg } from './ffmpeg.js';
import { measureLoudness } from './loudness.js';
import { probeFile } from './probe.js';
import { verifyOutputs } from './verify.js';

quietFfmpeg();

serveRpc<CodecApi>({
  probe: ({ path, track }) => probeFile(path, track),
  decode: decodeToCache,
  check: readThrough,
  cover: extractCover,
  encodeSet,
  loudness: ({ inputs }, context) => measureLoudness(inputs, context),
  verify: verifyOutputs,
});
