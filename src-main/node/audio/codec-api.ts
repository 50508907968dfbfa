import type { Reading } from '../../common/jobs/reading.js';
import type {
  AudioInfo,
  DecodeRequest,
  DecodeResult,
  EncodeInput,
  EncodeSetRequest,
  EncodeSetResult,
  Loudness,
  VerifyRequest,
  VerifyResult,
} from './types.js';

/** What the codec process does; the client and the process are both typed by this. */
export type CodecApi = {
  readonly probe: {
    readonly params: { path: string; track?: number };
    readonly result: AudioInfo;
    readonly event: never;
  };
  readonly decode: {
    readonly params: DecodeRequest;
    readonly result: DecodeResult;
    readonly event: { frames: number; expected: number | null };
  };
  /** Decodes and keeps nothing. */
  readonly check: {
    readonly params: { path: string; track?: number };
    readonly result: { info: AudioInfo; reading: Reading };
    readonly event: { frames: number; expected: number | null };
  };
  /** Writes the picture of a file's cover beside its samples; tells whether there is one. */
  readonly cover: {
    readonly params: { path: string; into: string };
    readonly result: boolean;
    readonly event: never;
  };
  readonly encodeSet: {
    readonly params: EncodeSetRequest;
    readonly result: EncodeSetResult;
    readonly event: { frames: number };
  };
  readonly loudness: {
    readonly params: { inputs: EncodeInput[] };
    readonly result: Loudness;
    readonly event: never;
  };
  readonly verify: {
    readonly params: VerifyRequest;
    readonly result: VerifyResult;
    readonly event: never;
  };
};
