import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes of samples that a header claims, and bytes that follow the header. */
export interface DataClaim {
  readonly claimed: number;
  readonly present: number;
}

// A RIFF file has its data chunk within the first few chunks; headers that go on are not worth following.
const maxChunks = 256;
const unknownSize = 0xffffffff;

/**
 * What a RIFF, RF64 or Wave64 file claims. FFmpeg quietly shortens the claim to what is there, so a cut file
 * looks whole to it. Null where there is no claim.
 */
export function wavClaim(path: string): DataClaim | null {
  const fd = openSync(path, 'r');
  try {
    const head = Buffer.alloc(24);
    if (readSync(fd, head, 0, 24, 0) < 24) return null;
    const id = head.toString('latin1', 0, 4);
    if (id === 'riff') return wave64Claim(fd);
    return ['RIFF', 'RF64', 'BW64'].includes(id) ? riffClaim(fd) : null;
  } finally {
    closeSync(fd);
  }
}

function riffClaim(fd: number): DataClaim | null {
  const { size } = fstatSync(fd);
  const bytes = Buffer.alloc(24);
  let wide = 0;
  for (let at = 12, i = 0; i < maxChunks && readSync(fd, bytes, 0, 24, at) >= 8; i++) {
    const id = bytes.toString('latin1', 0, 4);
    const length = bytes.readUInt32LE(4);
    // EBU Tech 3306: the real size of the data chunk is the second number of ds64.
    if (id === 'ds64') wide = Number(bytes.readBigUInt64LE(16));
    if (id === 'data') {
      const claimed = length === unknownSize ? wide : length;
      return claimed > 0 ? { claimed, present: size - at - 8 } : null;
    }
    at += 8 + length + (length % 2);
  }
  return null;
}

/** Wave64 has 16-byte names, and 64-bit sizes that count their own 24-byte header, padded to 8. */
function wave64Claim(fd: number): DataClaim | null {
  const { size } = fstatSync(fd);
  const bytes = Buffer.alloc(24);
  for (let at = 40, i = 0; i < maxChunks && readSync(fd, bytes, 0, 24, at) === 24; i++) {
    const length = Number(bytes.readBigUInt64LE(16));
    if (length < 24) return null;
    if (bytes.toString('latin1', 0, 4) === 'data') return { claimed: length - 24, present: size - at - 24 };
    at += Math.ceil(length / 8) * 8;
  }
  return null;
}
