import { AV_CODEC_ID_MJPEG, AV_CODEC_ID_PNG, AV_DISPOSITION_ATTACHED_PIC } from 'node-av/constants';
import { CodecParameters, Packet, type FormatContext, type Stream } from 'node-av/lib';
import { writeAtomically } from '../files/atomic-file.js';
import { pictureKind } from '../files/picture-type.js';
import { InputFile } from './input.js';

/** A cover picture: its bytes as one packet, and what they are. */
export interface Cover {
  readonly packet: Packet;
  readonly parameters: CodecParameters;
}

// Packets read before giving up; a cover comes first in every container that has one.
const maxPackets = 64;
const pictureCodecs: readonly number[] = [AV_CODEC_ID_MJPEG, AV_CODEC_ID_PNG];

/** The cover of a file, or null: no cover, or a kind of picture that `muxer` does not take. Never fails. */
export function readCover(path: string, muxer: string): Cover | null {
  return withCover(path, ({ format, stream }) => {
    if (!['mp3', 'flac', 'ipod'].includes(muxer)) return null;
    return pictureCodecs.includes(stream.codecpar.codecId) ? firstPacket(format, stream) : null;
  });
}

/** Writes the cover of a file to `into`, as it is in there; false without one that a page may show. Never fails. */
export function extractCover({ path, into }: { readonly path: string; readonly into: string }): boolean {
  const written = withCover(path, ({ format, stream }) => {
    const cover = firstPacket(format, stream);
    const bytes = cover?.packet.data;
    const fits = bytes && pictureKind(bytes) !== null;
    if (fits) writeAtomically(into, bytes);
    cover?.packet.free();
    return fits ? true : null;
  });
  return written ?? false;
}

function withCover<T>(path: string, use: (cover: NonNullable<InputFile['cover']>) => T | null): T | null {
  let input: InputFile | undefined;
  try {
    input = InputFile.open(path);
    return input.cover ? use(input.cover) : null;
  } catch {
    return null; // A missing picture must not cost the audio.
  } finally {
    input?.dispose();
  }
}

function firstPacket(format: FormatContext, stream: Stream): Cover | null {
  const packet = new Packet();
  packet.alloc();
  for (let i = 0; i < maxPackets && format.readFrameSync(packet) >= 0; i++) {
    if (packet.streamIndex === stream.index) {
      const parameters = new CodecParameters();
      parameters.alloc();
      stream.codecpar.copy(parameters);
      parameters.codecTag = 0;
      packet.makeRefcounted();
      return { packet, parameters };
    }
    packet.unref();
  }
  packet.free();
  return null;
}

/** Adds the picture's stream to an output that has its audio streams already. */
export function addCover(format: FormatContext, cover: Cover): Stream {
  const stream = format.newStream(null);
  cover.parameters.copy(stream.codecpar);
  stream.disposition = AV_DISPOSITION_ATTACHED_PIC;
  cover.packet.pts = 0n;
  cover.packet.dts = 0n;
  return stream;
}
