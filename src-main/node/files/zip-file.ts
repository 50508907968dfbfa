import {
  createReadStream,
  createWriteStream,
  renameSync,
  rmSync,
  type ReadStream,
  type WriteStream,
} from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { Transform, type PassThrough, type Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32 } from 'node:zlib';
import { openPromise, type Entry } from 'yauzl';
import { ZipFile } from 'yazl';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { syncFolder } from './atomic-file.js';
import { partPath } from './workspace.js';
import { makeFolder } from './make-folder.js';

/** What goes into a zip under a name with slashes: a file, stored as it is (it is audio), or a text. */
export type ZipSource =
  { readonly name: string; readonly file: string } | { readonly name: string; readonly text: string };

export interface ZipOptions {
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of bytes written so far. */
  readonly onBytes?: (bytes: number) => void;
}

/**
 * Writes a zip (zip64 where it is longer than 4 GB), reads it back, and gives it its name: the path holds a whole
 * zip or what it held before. Streams, so length costs disk only. Answers its bytes. Throws typed errors.
 */
export async function writeZip(
  path: string,
  sources: readonly ZipSource[],
  { signal, onBytes }: ZipOptions = {},
): Promise<number> {
  const part = partPath(path);
  let reading: ReadStream | undefined;
  let writing: WriteStream | undefined;
  let bytes = 0;
  const counter = new Transform({
    transform(chunk: Buffer, _, done) {
      bytes += chunk.length;
      onBytes?.(bytes);
      done(null, chunk);
    },
  });
  try {
    const zip = new ZipFile();
    // The library declares its PassThrough as a mere readable stream.
    const output = zip.outputStream as PassThrough;
    zip.on('error', (error: Error) => output.destroy(error));
    for (const source of sources) {
      if ('text' in source) {
        zip.addBuffer(Buffer.from(source.text), source.name);
        continue;
      }
      const { size, mtime } = await stat(source.file);
      zip.addReadStreamLazy(source.name, { compress: false, size, mtime }, (give) => {
        reading = createReadStream(source.file);
        reading.on('error', (error) => output.destroy(error));
        give(null, reading);
      });
    }
    zip.end();
    writing = createWriteStream(part, { flush: true, flags: 'wx' });
    await pipeline(output, counter, writing, signal ? { signal } : {});
    await checkZip(part, sources, signal);
    renameSync(part, path);
    syncFolder(dirname(path));
    return bytes;
  } catch (error) {
    reading?.destroy();
    // A file that is being opened would appear after it was deleted.
    await closed(writing);
    rmSync(part, { force: true });
    throw toUnbraidError(error, path);
  }
}

/** A zip that is made as it is read, of files as they are: nothing lies on the disk. Reading fails where a file does. */
export function streamZip(files: readonly { readonly name: string; readonly file: string }[]): Readable {
  const zip = new ZipFile();
  const output = zip.outputStream as PassThrough;
  let reading: ReadStream | undefined;
  zip.on('error', (error: Error) => output.destroy(error));
  for (const { name, file } of files) {
    zip.addReadStreamLazy(name, { compress: false }, (give) => {
      reading = createReadStream(file);
      reading.on('error', (error) => output.destroy(toUnbraidError(error, file)));
      give(null, reading);
    });
  }
  zip.end();
  // A reader that goes away must not leave a file open.
  output.on('close', () => reading?.destroy());
  return output;
}

function closed(stream: WriteStream | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (!stream || stream.closed) return resolve();
    stream.on('error', () => undefined).once('close', () => resolve());
  });
}

/** Success means that the list at the end names every source, and that what is stored has its length and sum. */
async function checkZip(path: string, sources: readonly ZipSource[], signal?: AbortSignal): Promise<void> {
  const names: string[] = [];
  await eachEntry(path, async (entry, open) => {
    names.push(entry.fileName);
    let [sum, length] = [0, 0];
    for await (const chunk of (await open()) as AsyncIterable<Buffer>) {
      signal?.throwIfAborted();
      sum = crc32(chunk, sum);
      length += chunk.length;
    }
    const source = sources.find(({ name }) => name === entry.fileName);
    const expected =
      source === undefined
        ? null
        : 'text' in source
          ? Buffer.byteLength(source.text)
          : (await stat(source.file)).size;
    if (sum !== entry.crc32 || length !== expected) {
      throw new UnbraidError('verify-failed', `"${entry.fileName}" was not stored whole`, { file: path });
    }
  });
  if (names.length !== sources.length)
    throw new UnbraidError('verify-failed', 'The zip does not hold all files', { file: path });
}

type Visit = (entry: Entry, open: () => Promise<Readable>) => Promise<void>;

/** Visits the entries of a zip one by one. Names that lead out of a folder are refused by the reader itself. */
async function eachEntry(path: string, visit: Visit): Promise<void> {
  const zip = await openPromise(path, { lazyEntries: true, autoClose: false });
  try {
    for await (const entry of zip.eachEntry()) {
      await visit(entry, () => zip.openReadStreamPromise(entry));
    }
  } finally {
    zip.close();
  }
}

/** Whether there is a zip at a path: known by its first bytes, whatever it is called. */
export async function isZip(path: string): Promise<boolean> {
  const info = await stat(path).catch(() => null);
  if (!info?.isFile()) return false;
  for await (const chunk of createReadStream(path, { end: 3 }) as AsyncIterable<Buffer>) {
    return chunk.toString('latin1') === 'PK\u0003\u0004';
  }
  return false;
}

/** What a zip may unpack to. */
export interface UnpackLimits {
  readonly bytes: number;
  readonly files: number;
  /** Throws when so many bytes more have no room on the disk. */
  readonly room: (bytes: number) => void;
}

/** The disk is asked for room again after so many bytes, since others write on it too. */
const roomEveryBytes = 64 << 20;

/**
 * Unpacks a zip into a folder: files only, every one below it, and not more of them than the limits. The sizes that the
 * zip states are added up before anything is written, and a file that is longer than it states is damaged. What is
 * there of a zip that fails stays: the caller deletes the folder.
 *
 * @throws UnbraidError `project-damaged` for a zip that is damaged or leads out of the folder, `too-large`, what
 * `room` throws, or a typed system error.
 */
export async function unzip(
  path: string,
  dir: string,
  limits: UnpackLimits,
  signal?: AbortSignal,
): Promise<void> {
  try {
    let left = await unpackedBytes(path, limits);
    limits.room(left);
    let unchecked = 0;
    const count = (bytes: number): void => {
      left -= bytes;
      unchecked += bytes;
      if (unchecked < roomEveryBytes) return;
      unchecked = 0;
      limits.room(left);
    };
    await eachEntry(path, async (entry, open) => {
      if (!isFolder(entry)) await unpackEntry(entry, await open(), dir, count, signal);
    });
  } catch (error) {
    const typed = toUnbraidError(error, path);
    if (typed.code !== 'internal') throw typed;
    throw new UnbraidError('project-damaged', `The zip cannot be read: ${typed.message}`, {
      file: path,
      hint: 'Copy it again from where it came from.',
      cause: error,
    });
  }
}

const isFolder = ({ fileName }: Entry): boolean => fileName.endsWith('/');

/** The bytes of all files as a zip states them; throws `too-large` where they, or the files, are too many. */
async function unpackedBytes(path: string, { bytes: most, files: mostFiles }: UnpackLimits): Promise<number> {
  let [bytes, files] = [0, 0];
  const tooLarge = (what: string): UnbraidError =>
    new UnbraidError('too-large', `The zip holds more than ${what}`, {
      file: path,
      hint: 'Unpack it yourself, and choose what you need of it.',
    });
  await eachEntry(path, (entry) => {
    if (isFolder(entry)) return Promise.resolve();
    bytes += entry.uncompressedSize;
    files++;
    if (files > mostFiles) throw tooLarge(`${mostFiles} files`);
    if (bytes > most) throw tooLarge(`${Math.floor(most / 2 ** 20)} MiB`);
    return Promise.resolve();
  });
  return bytes;
}

async function unpackEntry(
  entry: Entry,
  bytes: Readable,
  dir: string,
  count: (bytes: number) => void,
  signal: AbortSignal | undefined,
): Promise<void> {
  const target = join(dir, ...entry.fileName.split('/'));
  makeFolder(dirname(target));
  let sum = 0;
  const summed = new Transform({
    transform(chunk: Buffer, _, done) {
      sum = crc32(chunk, sum);
      try {
        count(chunk.length);
        done(null, chunk);
      } catch (error) {
        done(error as Error);
      }
    },
  });
  const writer = createWriteStream(target, { flags: 'wx' });
  await pipeline(bytes, summed, writer, signal ? { signal } : {});
  if (sum !== entry.crc32) throw new Error(`"${entry.fileName}" is damaged`);
}
