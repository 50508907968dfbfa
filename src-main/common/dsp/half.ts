/** Numbers of 16 bits (IEEE 754 binary16), as bit patterns: what graphs with float16 tensors take and give. */

const view = new DataView(new ArrayBuffer(4));

/** Rounds to the nearest half, ties to even; what is too large becomes infinite. */
function halfBits(value: number): number {
  view.setFloat32(0, value);
  const bits = view.getUint32(0);
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x477ff000) return sign | 0x7c00;
  // Below 2^-14 halves are multiples of 2^-24.
  if (magnitude < 0x38800000) {
    const scaled = Math.abs(value) * 2 ** 24;
    const floor = Math.floor(scaled);
    const rest = scaled - floor;
    return sign | (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor);
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}

function halfValue(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 0) return sign * fraction * 2 ** -24;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

let values: Float32Array | undefined;

export function toHalf(from: Float32Array): Uint16Array {
  return Uint16Array.from(from, halfBits);
}

export function fromHalf(from: Uint16Array): Float32Array {
  values ??= Float32Array.from({ length: 1 << 16 }, (_, bits) => halfValue(bits));
  const table = values;
  const into = new Float32Array(from.length);
  for (let i = 0; i < from.length; i++) into[i] = table[from[i]];
  return into;
}
