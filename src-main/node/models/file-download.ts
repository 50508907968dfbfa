import { createHash, type Hash } from 'node:crypto';
import { constants, createReadStream } from 'node:fs';
import { open, readFile, rename, rm, stat, writeFile, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { largestFile, type CatalogueFile } from '../../common/models/catalogue.js';
import { writeAllLater } from '../files/bytes.js';
import { noFollow } from '../files/file-bytes.js';
import { describeWrongFile } from '../inference/model-files.js';
import { networkError, type Answer, type HttpClient } from './http.js';

/** A file that is whole, under its own name. */
export interface GotFile {
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  /** The address that was asked, and the one that answered; null for a file that was imported. */
  readonly url: string | null;
  readonly from: string | null;
}

/** What a transfer tells while it goes. */
export type TransferNews =
  | { readonly news: 'asking'; readonly host: string }
  | { readonly news: 'bytes'; readonly host: string; readonly bytes: number; readonly total: number | null }
  | { readonly news: 'checking' }
  /** It broke, and is tried again after `ms`. */
  | { readonly news: 'again'; readonly error: UnbraidError; readonly ms: number };

export interface TransferOptions {
  readonly http: HttpClient;
  readonly signal?: AbortSignal;
  readonly onNews?: (news: TransferNews) => void;
  /** Wait before the first new try, ms; it doubles. */
  readonly retryMs?: number;
  /** Throws `disk-full` when so many more bytes have no room. */
  readonly checkRoom?: (bytes: number) => void;
}

/** Tries in a row that bring nothing, at one address. */
const mostTries = 4;
const longestPauseMs = 60_000;

/** What is known of a part, so that the rest can be asked for. */
const partSchema = z.object({
  url: z.string(),
  /** A strong ETag or a date: what says that the file is still the same. */
  validator: z.string().nullable(),
  total: z.number().nullable(),
});
type PartInfo = z.output<typeof partSchema>;

/** One file on its way: its address, its hash so far, and how much of it lies on disk. */
interface Part {
  readonly file: CatalogueFile;
  readonly path: string;
  readonly options: TransferOptions;
  bytes: number;
  hash: Hash;
  info: PartInfo | null;
  /** Some of it came from an earlier run or connection. */
  resumed: boolean;
  /** The address that answered last. */
  from: string;
}

/**
 * Fetches one file into `dir`: goes on where an earlier run or a broken connection stopped, if the server still has the
 * same file; tries the next address when one does not have it; compares size and hash on the way. The file gets its
 * name when it is whole. Throws `download-failed`, `download-refused`, `timeout`, `model-hash-mismatch`,
 * `model-file-invalid`, `too-large`, `disk-full`, `cancelled`; what has come is kept unless it is wrong.
 */
export async function downloadFile(
  file: CatalogueFile,
  dir: string,
  options: TransferOptions,
): Promise<GotFile> {
  const path = join(dir, file.name);
  const whole = await finished(file, path);
  if (whole) return whole;
  const part = await findPart(file, path, options);
  let failure: UnbraidError | undefined;
  for (const url of file.urls) {
    try {
      await fromAddress(part, url);
      const sha256 = part.hash.copy().digest('hex');
      await rename(partPath(path), path);
      await rm(infoPath(path), { force: true });
      return { name: file.name, bytes: part.bytes, sha256, url, from: part.from };
    } catch (error) {
      const typed = toUnbraidError(error, path);
      if (isFinal(typed)) throw typed.about(path);
      failure ??= typed.about(path);
    }
  }
  throw failure ?? new UnbraidError('download-refused', 'No address of this file is known', { file: path });
}

/** Another address would not help. */
const isFinal = ({ code }: UnbraidError): boolean =>
  code === 'cancelled' || code === 'disk-full' || code === 'permission-denied' || code === 'io-error';

const partPath = (path: string): string => `${path}.part`;
const infoPath = (path: string): string => `${path}.part.json`;

/** The file, when an earlier run has finished it. */
async function finished(file: CatalogueFile, path: string): Promise<GotFile | null> {
  const size = await stat(path).then(
    (info) => info.size,
    () => null,
  );
  if (size === null) return null;
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) hash.update(chunk as Buffer);
  const sha256 = hash.digest('hex');
  const right = (file.sha256 ?? sha256) === sha256 && (file.bytes ?? size) === size;
  if (right) return { name: file.name, bytes: size, sha256, url: null, from: null };
  await rm(path, { force: true });
  return null;
}

async function findPart(file: CatalogueFile, path: string, options: TransferOptions): Promise<Part> {
  const part: Part = {
    ...{ file, path, options, bytes: 0, hash: createHash('sha256'), info: null, resumed: false, from: '' },
  };
  try {
    part.info = partSchema.parse(JSON.parse(await readFile(infoPath(path), 'utf8')));
    options.onNews?.({ news: 'checking' });
    await rehash(part);
    part.resumed = part.bytes > 0;
  } catch (error) {
    if (options.signal?.aborted) throw new UnbraidError('cancelled', 'Cancelled', { cause: error });
    await startAgain(part);
  }
  return part;
}

/** The hash of what lies on disk. */
async function rehash(part: Part): Promise<void> {
  part.hash = createHash('sha256');
  part.bytes = 0;
  const { signal } = part.options;
  const stream = createReadStream(partPath(part.path), { highWaterMark: 1 << 20, ...(signal && { signal }) });
  for await (const chunk of stream) {
    part.hash.update(chunk as Buffer);
    part.bytes += (chunk as Buffer).length;
  }
}

async function startAgain(part: Part): Promise<void> {
  Object.assign(part, { bytes: 0, hash: createHash('sha256'), info: null, resumed: false });
  await rm(partPath(part.path), { force: true });
  await rm(infoPath(part.path), { force: true });
}

/** All tries at one address. Returns when the part is whole and right. */
async function fromAddress(part: Part, url: string): Promise<void> {
  const { options } = part;
  for (let tries = 1; ; tries++) {
    const before = part.bytes;
    try {
      await once(part, url);
      await checkWhole(part);
      return;
    } catch (error) {
      const typed = toUnbraidError(error);
      const wrong = typed.code === 'model-hash-mismatch' || typed.code === 'too-large';
      const pieced = part.resumed;
      if (wrong) await startAgain(part);
      // A file put together from two connections may be wrong where each of them was right.
      if (wrong && pieced && tries <= mostTries) continue;
      if (part.bytes > before) tries = 0;
      const transient = typed.code === 'download-failed' || typed.code === 'timeout';
      if (!transient || tries >= mostTries) throw typed;
      const asked = typed instanceof Busy ? typed.afterMs : 0;
      const ms = Math.min(
        longestPauseMs,
        Math.max(asked, (options.retryMs ?? 1000) * 2 ** Math.max(0, tries - 1)),
      );
      options.onNews?.({ news: 'again', error: typed, ms });
      await pause(ms, options.signal);
    }
  }
}

/** The server asks to come again later. */
class Busy extends UnbraidError {
  constructor(
    message: string,
    readonly afterMs: number,
  ) {
    super('download-failed', message, { hint: 'Try again later; what has come is kept.' });
  }
}

function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = (): void => {
      clearTimeout(timer);
      reject(new UnbraidError('cancelled', 'Cancelled'));
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal?.aborted) stop();
    signal?.addEventListener('abort', stop, { once: true });
  });
}

/** How to ask for the rest; null when only the whole can be asked for. */
function rangeHeaders({ bytes, info, file }: Part, url: string): Record<string, string> | null {
  if (bytes === 0 || !info) return null;
  const range = { range: `bytes=${bytes}-` };
  if (info.url === url && info.validator !== null) return { ...range, 'if-range': info.validator };
  // The hash decides in the end.
  return file.sha256 === null ? null : range;
}

/** One request, and its answer to the end. */
async function once(part: Part, url: string): Promise<void> {
  const { options, file } = part;
  const { signal, onNews } = options;
  onNews?.({ news: 'asking', host: hostOf(url) });
  const range = rangeHeaders(part, url);
  if (!range && part.bytes > 0) await startAgain(part);
  const answer = await options.http.get(url, range ?? {}, signal);
  try {
    const total = await accept(part, answer, url);
    if (total === 'whole') return;
    if (file.bytes !== null && total !== null && total !== file.bytes) {
      throw new UnbraidError(
        'model-file-invalid',
        `${answer.url.host} has ${total} bytes under this name instead of ${file.bytes}`,
        { hint: 'It is not the file that the catalogue means; look for a newer catalogue.' },
      );
    }
    options.checkRoom?.((total ?? file.bytes ?? 0) - part.bytes);
    part.from = answer.url.href;
    await receive(part, answer, total);
  } finally {
    // What was not read must not hold the connection.
    answer.body.dispose();
  }
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host : url);

const header = ({ headers }: Answer, name: string): string | null => {
  const value = headers[name];
  return typeof value === 'string' ? value : null;
};

/** Bytes of the whole file as the answer says it (null: it does not), with the part made ready for what follows. */
async function accept(part: Part, answer: Answer, url: string): Promise<number | null | 'whole'> {
  const { status } = answer;
  if (status === 416) {
    const total = /^bytes \*\/(\d+)$/.exec(header(answer, 'content-range') ?? '')?.[1];
    if (total !== undefined && Number(total) === part.bytes) return 'whole';
    await startAgain(part);
    throw new UnbraidError(
      'download-failed',
      `${answer.url.host} does not have the rest of the file any more`,
    );
  }
  if (status === 206) {
    const match = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(header(answer, 'content-range') ?? '');
    if (!match || Number(match[1]) !== part.bytes) {
      await startAgain(part);
      throw new UnbraidError(
        'download-failed',
        `${answer.url.host} sent a different part than was asked for`,
      );
    }
    const total = match[2] === '*' ? null : Number(match[2]);
    if (isAnother(part.info, answer, url, total)) {
      await startAgain(part);
      throw new UnbraidError('download-failed', `${answer.url.host} has another file under this name now`);
    }
    part.resumed = true;
    return total;
  }
  if (status !== 200) throw statusError(answer);
  const type = header(answer, 'content-type') ?? '';
  if (/^text\/html/i.test(type)) throw webPage(answer);
  const coding = header(answer, 'content-encoding');
  if (coding !== null && coding !== 'identity') {
    throw new UnbraidError(
      'download-refused',
      `${answer.url.host} sends the file in another form (${coding})`,
    );
  }
  // The server ignores ranges, or its file is another one now.
  await startAgain(part);
  const length = header(answer, 'content-length');
  const total = length === null ? null : Number(length);
  part.info = { url, validator: validatorOf(answer), total };
  await writeFile(infoPath(part.path), JSON.stringify(part.info));
  return total;
}

/** A strong ETag, or else the date. */
function validatorOf(answer: Answer): string | null {
  const tag = header(answer, 'etag');
  return tag !== null && !tag.startsWith('W/') ? tag : header(answer, 'last-modified');
}

/** Whether a part belongs to another file than what lies here: servers need not look at the condition. */
function isAnother(info: PartInfo | null, answer: Answer, url: string, total: number | null): boolean {
  if (!info) return false;
  if (info.total !== null && total !== null && info.total !== total) return true;
  const validator = info.url === url ? validatorOf(answer) : null;
  return validator !== null && info.validator !== null && validator !== info.validator;
}

function webPage({ url }: Answer): UnbraidError {
  return new UnbraidError('download-refused', `${url.host} answers with a web page instead of the file`, {
    hint: 'It may want you to sign in, or the file is gone. Open the page of the model, and import the file.',
  });
}

function statusError(answer: Answer): UnbraidError {
  const { status, url } = answer;
  if (status === 429 || status === 408 || status >= 500) {
    const after = Number(header(answer, 'retry-after') ?? NaN);
    const ms = Number.isFinite(after) ? 1000 * after : 0;
    return new Busy(`${url.host} is busy (status ${status})`, ms);
  }
  const what =
    status === 404 || status === 410
      ? 'does not have the file any more'
      : status === 401 || status === 403
        ? 'does not give the file to everybody'
        : 'refuses the file';
  return new UnbraidError('download-refused', `${url.host} ${what} (status ${status})`, {
    hint: 'Open the page of the model in a browser, fetch the file there, and import it.',
  });
}

/** Writes what comes. Size and beginning are looked at on the way. */
async function receive(part: Part, answer: Answer, total: number | null): Promise<void> {
  const { file, options } = part;
  const most = file.bytes ?? total ?? largestFile;
  const { host } = answer.url;
  let handle: FileHandle | undefined;
  try {
    const { O_CREAT, O_RDWR, O_TRUNC } = constants;
    const fresh = part.bytes > 0 ? 0 : O_CREAT | O_TRUNC;
    const place = partPath(part.path);
    handle = await onDisk(open(place, O_RDWR | fresh | noFollow, 0o666), place);
    for await (const chunk of answer.body) {
      if (part.bytes === 0 && /^\s*<(!doctype html|html)/i.test(chunk.subarray(0, 200).toString('latin1'))) {
        throw webPage(answer);
      }
      if (part.bytes + chunk.length > most) {
        throw new UnbraidError('too-large', `${host} sends more than the ${most} bytes of the file`);
      }
      await onDisk(writeAllLater(handle, chunk, part.bytes), place);
      part.hash.update(chunk);
      part.bytes += chunk.length;
      options.onNews?.({ news: 'bytes', host, bytes: part.bytes, total: file.bytes ?? total });
    }
    // Some disks say only here that they are full.
    await onDisk(handle.sync(), place);
  } catch (error) {
    throw networkError(error, answer.url, options.signal);
  } finally {
    await handle?.close();
  }
  const expected = file.bytes ?? total;
  if (expected !== null && part.bytes < expected) {
    throw new UnbraidError('download-failed', `${host} stopped after ${part.bytes} of ${expected} bytes`, {
      hint: 'Try again; what has come is kept.',
    });
  }
}

/** What fails on the disk is not the network's fault, although both have the same codes. */
function onDisk<T>(work: Promise<T>, path: string): Promise<T> {
  return work.catch((error: unknown) => {
    throw toUnbraidError(error, path);
  });
}

async function checkWhole(part: Part): Promise<void> {
  const { file, hash } = part;
  if (file.sha256 === null || hash.copy().digest('hex') === file.sha256) return;
  const head = Buffer.alloc(200);
  const handle = await open(partPath(part.path), 'r');
  const { bytesRead } = await handle.read(head, 0, head.length, 0).finally(() => handle.close());
  throw new UnbraidError(
    'model-hash-mismatch',
    `What came from ${new URL(part.from || part.info!.url).host} is not the file that the catalogue names: ${describeWrongFile(head.subarray(0, bytesRead))}`,
    { hint: 'It was deleted. Look for a newer catalogue, or import the file from elsewhere.' },
  );
}
