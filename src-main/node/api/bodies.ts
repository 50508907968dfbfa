import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Transform, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { UnbraidError } from '../../common/base/errors.js';

export interface BodyLimits {
  /** Bytes on disk of all bodies that are being received. */
  readonly disk: number;
  /** Bytes in memory of all bodies that are being received or answered. */
  readonly memory: number;
  /** Bodies that are received into files at one time. */
  readonly files: number;
}

const defaults: BodyLimits = { disk: 8 * 2 ** 30, memory: 128 * 2 ** 20, files: 64 };

/**
 * Receives what requests send (P23): all of them together hold no more than the limits say, and the one that would go
 * over them is refused with `too-large`.
 */
export class Bodies {
  private readonly limits: BodyLimits;
  private disk = 0;
  private memory = 0;
  private files = 0;

  constructor(limits: Partial<BodyLimits> = {}) {
    this.limits = { ...defaults, ...limits };
  }

  /**
   * Writes a body to `path`, then runs `use` on it; without `use`, the file stays. A file that did not arrive whole is
   * removed. Throws `too-large` for more than `most` bytes, and typed system errors.
   */
  async toFile<T>(body: Readable, path: string, most: number, use: () => Promise<T>): Promise<T> {
    if (this.files >= this.limits.files) throw busy();
    this.files++;
    let bytes = 0;
    const counter = new Transform({
      transform: (chunk: Buffer, _, done) => {
        bytes += chunk.length;
        this.disk += chunk.length;
        if (bytes > most) done(tooLarge(most));
        else if (this.disk > this.limits.disk) done(busy());
        else done(null, chunk);
      },
    });
    try {
      await pipeline(body, counter, createWriteStream(path));
      return await use();
    } catch (error) {
      await rm(path, { force: true });
      throw error;
    } finally {
      this.files--;
      this.disk -= bytes;
    }
  }

  /** Holds a body of at most `most` bytes in memory while `use` works with it. Throws `too-large`. */
  async inMemory<T>(body: Readable, most: number, use: (bytes: Buffer) => Promise<T>): Promise<T> {
    const chunks: Buffer[] = [];
    let bytes = 0;
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) {
        bytes += chunk.length;
        this.memory += chunk.length;
        if (bytes > most) throw tooLarge(most);
        if (this.memory > this.limits.memory) throw busy();
        chunks.push(chunk);
      }
      return await use(Buffer.concat(chunks.splice(0)));
    } finally {
      this.memory -= bytes;
    }
  }
}

function tooLarge(most: number): UnbraidError {
  return new UnbraidError('too-large', `The request is larger than ${most} bytes`);
}

function busy(): UnbraidError {
  return new UnbraidError('too-large', 'Too much is being sent at once', {
    hint: 'Send one thing after the other.',
  });
}
