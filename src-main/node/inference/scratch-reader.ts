import { closeSync, fstatSync, openSync } from 'node:fs';
import { UnbraidError } from '../../common/base/errors.js';
import { bytesOf, readAll } from '../files/bytes.js';

/** Reads float32 values from scratch files, which stay open until `end`. */
export class ScratchReader {
  private readonly open = new Map<string, number>();

  /** Fills `into` with what lies from value `at` on; false for an empty file. Throws `internal` for one that ends early. */
  read(file: string, into: Float32Array, at: number): boolean {
    const fd = this.open.get(file) ?? openSync(file, 'r');
    this.open.set(file, fd);
    const bytes = bytesOf(into);
    if (readAll(fd, bytes, 4 * at) === bytes.length) return true;
    if (fstatSync(fd).size === 0) return false;
    throw new UnbraidError('internal', 'A segment result is shorter than its plan', { file });
  }

  end(): void {
    for (const fd of this.open.values()) closeSync(fd);
    this.open.clear();
  }
}
