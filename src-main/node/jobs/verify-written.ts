import type { CodecClient } from '../audio/codec-client.js';
import type { PcmCacheRef } from '../audio/pcm-cache.js';
import type { EncodedFile, VerifyOutput } from '../audio/types.js';

/** One track of a written file, as it reads back. */
export interface WrittenTrack {
  readonly index: number | null;
  readonly stem: string;
  readonly role: 'stem' | 'master';
  readonly pcmSha256: string;
}

export interface WrittenSet {
  /** The tracks of each file. */
  readonly tracks: readonly (readonly WrittenTrack[])[];
  readonly sourcePcm: string;
  /** Null where the files are not the whole set. */
  readonly nullDb: number | null;
}

/** A track as it was meant: which stem it is, and where in its file. */
export type MeantTrack = Omit<WrittenTrack, 'pcmSha256'>;

/**
 * Reads written files back: success means that every one decodes again, complete (every track of a stem file). Where
 * they are the whole set, tells how well they add up to `gain` · source, lossy or not.
 *
 * @throws verify-failed, naming the file
 */
export async function verifyWritten(
  codec: CodecClient,
  source: PcmCacheRef,
  files: readonly { readonly encoded: EncodedFile; readonly tracks: readonly MeantTrack[] }[],
  { gain, whole }: { readonly gain: number; readonly whole: boolean },
  call: { signal?: AbortSignal },
): Promise<WrittenSet> {
  const outputs = files.flatMap(({ encoded, tracks }) =>
    tracks.map(({ index, role }): VerifyOutput => ({
      path: encoded.path,
      ...(index !== null && { track: index }),
      expectFrames: encoded.frames,
      sampleRate: encoded.sampleRate,
      // A stem file makes mono stereo.
      channels: index === null ? source.channels : 2,
      ...(role === 'master' && { apart: true }),
    })),
  );
  const { nullDb, pcm, sourcePcm } = await codec.verify({ source, gain, outputs, sum: whole }, call);
  const digests = [...pcm];
  return {
    tracks: files.map(({ tracks }) => tracks.map((track) => ({ ...track, pcmSha256: digests.shift()! }))),
    sourcePcm: sourcePcm!,
    nullDb,
  };
}
