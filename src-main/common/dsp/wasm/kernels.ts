import { UnbraidError, check } from '../../base/errors.js';
import { kernelsBase64 } from './kernels.generated.js';

/** The exported functions of the module; every address and length is in bytes or elements as its source says. */
interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer };
  heapBase(): number;
  reserve(bytes: number): void;
  analyse(...args: number[]): void;
  synthesise(...args: number[]): void;
  drain(...args: number[]): void;
  transformPair(...args: number[]): number;
  analyse32(...args: number[]): void;
  synthesise32(...args: number[]): void;
  drain32(...args: number[]): void;
  analyseLanes(...args: number[]): void;
  fromLanes(...args: number[]): void;
  synthesiseMasked(...args: number[]): void;
  synthesisePlanes(...args: number[]): void;
  polyphase(...args: number[]): void;
  polyphaseLerp(...args: number[]): void;
  gramPanel(...args: number[]): void;
  nmfActivations(...args: number[]): void;
  nmfTemplates(...args: number[]): void;
  cholesky(...args: number[]): void;
  givePhases(...args: number[]): void;
  peakPower(...args: number[]): number;
  ratioMasks(...args: number[]): void;
  wienerFromMagnitudes(...args: number[]): void;
  wienerStep(...args: number[]): void;
  remainder(...args: number[]): void;
  nullEnergy(...args: number[]): void;
  peakOf(...args: number[]): number;
  magnitudes(...args: number[]): void;
  maskFrames(...args: number[]): void;
  fadeMasks(...args: number[]): void;
  transpose(...args: number[]): void;
  medianBytes(...args: number[]): void;
  projetRound(...args: number[]): void;
}

/** The part of the WebAssembly API used here; `common` compiles against no runtime's types. */
interface WasmApi {
  Module: new (bytes: Uint8Array) => object;
  Instance: new (module: object, imports: object) => { readonly exports: unknown };
}

/** Tables kept longer than a call share this many bytes; beyond it all of them are built again on demand. */
const tableBudget = 96 * 2 ** 20;
const alignment = 64;
/** Bytes that 32-bit addresses reach, in whole pages. */
const addressable = 2 ** 32 - 2 ** 16;

function align(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

function decodeBase64(text: string): Uint8Array {
  const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
  const values = new Uint8Array(128);
  for (let i = 0; i < 64; i++) values[alphabet.charCodeAt(i)] = i;
  const length = text.indexOf('=') < 0 ? text.length : text.indexOf('=');
  const bytes = new Uint8Array(Math.floor((length * 3) / 4));
  for (let i = 0, out = 0, held = 0, bits = 0; i < length; i++) {
    held = (held << 6) | values[text.charCodeAt(i)];
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[out++] = held >> bits;
    held &= (1 << bits) - 1;
  }
  return bytes;
}

let compiled: object | undefined;

function instance(): KernelExports {
  const { WebAssembly } = globalThis as unknown as { WebAssembly: WasmApi };
  try {
    compiled ??= new WebAssembly.Module(decodeBase64(kernelsBase64));
    return new WebAssembly.Instance(compiled, {}).exports as KernelExports;
  } catch (cause) {
    throw new UnbraidError('internal', 'This runtime lacks WebAssembly SIMD', { cause });
  }
}

/** Float32 numbers that stay at one place in the kernels' memory. */
export class Held {
  constructor(
    private readonly memory: Kernels,
    readonly address: number,
    readonly length: number,
  ) {}

  /** A view of them, until the memory grows: take it, use it, and take it again the next time. */
  get data(): Float32Array {
    return this.memory.f32(this.address, this.length);
  }
}

/**
 * The SIMD kernels in one memory: what is held for good at the bottom, above it tables (windows, twiddles, filters)
 * that are kept between calls, and above them scratch space that every call reuses. A caller asks for its table first
 * (one a call), then for scratch, and takes views last, since growing the memory detaches older views.
 */
export class Kernels {
  readonly run: KernelExports;
  private base: number;
  private top: number;
  private readonly tables = new Map<string, unknown>();

  constructor() {
    this.run = instance();
    this.base = this.top = this.run.heapBase();
  }

  /**
   * Room for this many numbers, zeros at first, for as long as this memory lives: only for one whose owner made it for
   * itself. Tables move out of the way, so none may be in use.
   */
  hold(length: number): Held {
    const held = new Held(this, this.base, length);
    this.base += align(4 * length);
    this.tables.clear();
    this.top = this.base;
    this.reserve(this.top);
    held.data.fill(0);
    return held;
  }

  /** Where numbers lie in this memory; undefined when they are elsewhere. */
  addressOf(numbers: Float32Array): number | undefined {
    return numbers.buffer === this.run.memory.buffer ? numbers.byteOffset : undefined;
  }

  /** The table of this key; `fill` writes its `bytes` bytes at the given address and returns how to find its parts. */
  table<T>(key: string, bytes: number, fill: (address: number) => T): T {
    const known = this.tables.get(key);
    if (known !== undefined) return known as T;
    if (this.top - this.base + bytes > tableBudget) {
      this.tables.clear();
      this.top = this.base;
    }
    const address = this.top;
    this.top += align(bytes);
    this.reserve(this.top);
    const table = fill(address);
    this.tables.set(key, table);
    return table;
  }

  /** Addresses of scratch blocks of these sizes in bytes, valid until the next call. */
  scratch<const S extends readonly number[]>(...sizes: S): { -readonly [I in keyof S]: number } {
    let next = this.top;
    const addresses = sizes.map((bytes) => {
      const address = next;
      next += align(bytes);
      return address;
    });
    this.reserve(next);
    return addresses as { -readonly [I in keyof S]: number };
  }

  /** Throws `out-of-memory` beyond what WebAssembly can have, or the system gives. */
  private reserve(bytes: number): void {
    try {
      check(bytes <= addressable, 'A memory of kernels has 4 GiB at most');
      this.run.reserve(bytes);
    } catch (cause) {
      throw new UnbraidError('out-of-memory', 'The transforms want more memory than there is', {
        hint: 'Use shorter segments (--segment), a smaller model, or close other programs.',
        cause,
      });
    }
  }

  f32(address: number, length: number): Float32Array {
    return new Float32Array(this.run.memory.buffer, address, length);
  }

  f64(address: number, length: number): Float64Array {
    return new Float64Array(this.run.memory.buffer, address, length);
  }

  u8(address: number, length: number): Uint8Array {
    return new Uint8Array(this.run.memory.buffer, address, length);
  }

  u32(address: number, length: number): Uint32Array {
    return new Uint32Array(this.run.memory.buffer, address, length);
  }
}

let shared: Kernels | undefined;

/** The kernels of this thread, compiled on first use. */
export function kernels(): Kernels {
  return (shared ??= new Kernels());
}
