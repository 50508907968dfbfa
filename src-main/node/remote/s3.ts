import { createReadStream, createWriteStream } from 'node:fs';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type * as S3 from '@aws-sdk/client-s3';
import { UnbraidError, toUnbraidError, type ErrorCode } from '../../common/base/errors.js';
import type { Disposable } from '../../common/base/disposal.js';
import { s3Address, type S3Place } from './s3-address.js';

export interface S3Object {
  /** Below the place, with slashes. */
  readonly path: string;
  readonly bytes: number;
  /** Changes with the content. */
  readonly etag: string;
}

/** Names of S3's errors (and of the network's) and what they mean here. */
const kinds: Readonly<Record<string, readonly [ErrorCode, string, string]>> = {
  NoSuchBucket: ['file-not-found', 'There is no such bucket', 'Check the name, and AWS_ENDPOINT_URL_S3.'],
  NoSuchKey: ['file-not-found', 'The object does not exist', 'It may have been deleted meanwhile.'],
  AccessDenied: ['permission-denied', 'The storage denies access', 'Check the keys and what they may do.'],
  InvalidAccessKeyId: [
    'permission-denied',
    'The storage does not know these keys',
    'Check AWS_ACCESS_KEY_ID.',
  ],
  SignatureDoesNotMatch: ['permission-denied', 'The secret key is wrong', 'Check AWS_SECRET_ACCESS_KEY.'],
  CredentialsProviderError: [
    'permission-denied',
    'There are no keys for the storage',
    'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.',
  ],
};

function storageError(cause: unknown, address: string): UnbraidError {
  if (cause instanceof UnbraidError) return cause;
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'AbortError') return new UnbraidError('cancelled', 'Cancelled', { cause });
  const system = (cause as NodeJS.ErrnoException | undefined)?.syscall;
  if (system === 'open' || system === 'write' || system === 'read') return toUnbraidError(cause);
  const [code, message, hint] = kinds[name] ?? [
    'io-error',
    `The storage does not answer as it should (${name || 'unknown'})`,
    'Check the network and AWS_ENDPOINT_URL_S3, and run again: what is done is skipped.',
  ];
  return new UnbraidError(code, message, { file: address, hint, cause });
}

/**
 * Reads and writes objects, streamed and in parts; failures of the network are tried again. Keys, region and endpoint
 * come from where the AWS tools look for them: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`,
 * `AWS_ENDPOINT_URL_S3`, `AWS_PROFILE`. Every method throws typed errors that name the object.
 */
export class S3Store implements Disposable {
  private client: S3.S3Client | undefined;

  /** Everything below a place, in the order of names. */
  async list(place: S3Place, signal: AbortSignal): Promise<readonly S3Object[]> {
    const found: S3Object[] = [];
    await this.asking(s3Address(place), async (client, s3) => {
      let token: string | undefined;
      do {
        const page = await client.send(
          new s3.ListObjectsV2Command({
            ...{ Bucket: place.bucket, Prefix: place.prefix },
            ...(token !== undefined && { ContinuationToken: token }),
          }),
          { abortSignal: signal },
        );
        for (const { Key: key = '', Size: bytes = 0, ETag: etag = '' } of page.Contents ?? [])
          if (!key.endsWith('/')) found.push({ path: key.slice(place.prefix.length), bytes, etag });
        token = page.IsTruncated ? page.NextContinuationToken : undefined;
      } while (token !== undefined);
    });
    return found;
  }

  /** Copies an object into a file. */
  async download(place: S3Place, path: string, file: string, signal: AbortSignal): Promise<void> {
    await this.asking(s3Address(place, path), async (client, s3) => {
      const command = new s3.GetObjectCommand({ Bucket: place.bucket, Key: place.prefix + path });
      const { Body } = await client.send(command, { abortSignal: signal });
      await pipeline(Body as Readable, createWriteStream(file), { signal });
    });
  }

  /** Copies a file into an object, in parts where it is large; it appears as a whole or not at all. */
  async upload(place: S3Place, path: string, file: string, signal: AbortSignal): Promise<void> {
    await this.asking(s3Address(place, path), async (client) => {
      const { Upload } = await import('@aws-sdk/lib-storage');
      const params = { Bucket: place.bucket, Key: place.prefix + path, Body: createReadStream(file) };
      const upload = new Upload({ client, params });
      const stop = (): void => void upload.abort();
      signal.addEventListener('abort', stop, { once: true });
      try {
        await upload.done();
      } finally {
        signal.removeEventListener('abort', stop);
      }
    });
  }

  /** The text of a small object; undefined when it does not exist. */
  async read(place: S3Place, path: string, signal: AbortSignal): Promise<string | undefined> {
    try {
      return await this.asking(s3Address(place, path), async (client, s3) => {
        const command = new s3.GetObjectCommand({ Bucket: place.bucket, Key: place.prefix + path });
        const { Body } = await client.send(command, { abortSignal: signal });
        return (await Body?.transformToString('utf8')) ?? '';
      });
    } catch (error) {
      if (error instanceof UnbraidError && (error.cause as Error | undefined)?.name === 'NoSuchKey')
        return undefined;
      throw error;
    }
  }

  async write(place: S3Place, path: string, text: string, signal: AbortSignal): Promise<void> {
    await this.asking(s3Address(place, path), async (client, s3) => {
      const to = { Bucket: place.bucket, Key: place.prefix + path };
      await client.send(new s3.PutObjectCommand({ ...to, Body: text, ContentType: 'application/json' }), {
        abortSignal: signal,
      });
    });
  }

  dispose(): void {
    this.client?.destroy();
  }

  private async asking<T>(
    address: string,
    work: (client: S3.S3Client, s3: typeof S3) => Promise<T>,
  ): Promise<T> {
    try {
      // It tells people who use Unbraid of Node versions, once a process.
      process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
      const s3 = await import('@aws-sdk/client-s3');
      this.client ??= new s3.S3Client({
        region: process.env['AWS_REGION'] ?? process.env['AWS_DEFAULT_REGION'] ?? 'us-east-1',
        // A bucket as the first part of the path, as other servers than Amazon's want it.
        forcePathStyle: (process.env['AWS_ENDPOINT_URL_S3'] ?? process.env['AWS_ENDPOINT_URL']) !== undefined,
        // Other servers do not know the newer checksums.
        requestChecksumCalculation: 'WHEN_REQUIRED',
        responseChecksumValidation: 'WHEN_REQUIRED',
      });
      return await work(this.client, s3);
    } catch (error) {
      throw storageError(error, address);
    }
  }
}
