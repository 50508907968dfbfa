import type { FileBytes } from '../../files/file-bytes.js';

/** One chunk of a chunked file: name, first byte of its content, length as claimed. */
export interface Chunk {
  readonly id: string;
  readonly at: number;
  readonly start: number;
  readonly length: number;
}

/** How a family of chunked files writes its chunks. */
export interface ChunkStyle {
  /** Bytes of name and length. */
  readonly head: number;
  /** Name and length of content of a chunk whose first `head` bytes these are. */
  parse(head: Buffer): { readonly id: string; readonly length: number };
  /** Chunks start at multiples of this many bytes. */
  readonly align: number;
}

// More chunks than any recorder writes; a file of nothing but zeros would otherwise be walked 8 bytes at a time.
const mostChunks = 4096;

/** Names that settle where a chunk starts when its neighbour's pad byte may be missing. */
const known = new Set(
  'fmt |data|fact|LIST|bext|ds64|JUNK|PAD |cue |smpl|inst|iXML|id3 |ID3 |PEAK|axml|chna|COMM|SSND|MARK|INST|NAME|AUTH|ANNO|(c) |FVER'.split(
    '|',
  ),
);

export const riffStyle: ChunkStyle = {
  head: 8,
  parse: (head) => ({ id: head.toString('latin1', 0, 4), length: head.readUInt32LE(4) }),
  align: 2,
};

/** RIFX and AIFF: lengths are big-endian. */
export const bigRiffStyle: ChunkStyle = {
  ...riffStyle,
  parse: (head) => ({ id: head.toString('latin1', 0, 4), length: head.readUInt32BE(4) }),
};

/** Wave64 has 16-byte names, and 64-bit lengths that count the 24 bytes of the head. */
export const wave64Style: ChunkStyle = {
  head: 24,
  parse: (head) => ({ id: head.toString('latin1', 0, 4), length: Number(head.readBigUInt64LE(16)) - 24 }),
  align: 8,
};

/** Core Audio Format: 64-bit lengths, no padding. */
export const cafStyle: ChunkStyle = {
  head: 12,
  parse: (head) => ({ id: head.toString('latin1', 0, 4), length: Number(head.readBigInt64BE(4)) }),
  align: 1,
};

/** The chunk at `at`, if its name is readable text; its length may reach past the end of the file. */
export function chunkAt(file: FileBytes, at: number, style: ChunkStyle): Chunk | null {
  const head = file.read(at, style.head);
  if (head.length < style.head) return null;
  const { id, length } = style.parse(head);
  return /^[\x20-\x7e]{4}$/.test(id) && /[A-Za-z]/.test(id)
    ? { id, at, start: at + style.head, length }
    : null;
}

/** Where the chunk after this one starts. */
export function nextStart({ start, length }: Chunk, origin: number, { align }: ChunkStyle): number {
  const end = start + length - origin;
  return origin + Math.ceil(end / align) * align;
}

/**
 * The chunks from `at` on, while they are ones. Where a chunk of odd length was written without its pad byte, the next
 * one is found a byte early, and `onUnpadded` gets its name. Ends after a chunk that reaches past the file's end.
 */
export function* chunksFrom(
  file: FileBytes,
  at: number,
  origin: number,
  style: ChunkStyle,
  onUnpadded: (id: string) => void = () => undefined,
  end = file.size,
): Generator<Chunk> {
  let previous: Chunk | null = null;
  for (let i = 0; i < mostChunks && at < end; i++) {
    let found = chunkAt(file, at, style);
    const early: number = previous ? previous.start + previous.length : at;
    if (previous && early < at && !(found && known.has(found.id))) {
      const unpadded = chunkAt(file, early, style);
      if (unpadded && (!found || known.has(unpadded.id))) {
        found = unpadded;
        onUnpadded(previous.id);
      }
    }
    if (!found || found.length < 0) return;
    yield found;
    if (found.start + found.length > file.size) return;
    previous = found;
    at = nextStart(found, origin, style);
  }
}
