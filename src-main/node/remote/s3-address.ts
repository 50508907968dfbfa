import { UnbraidError } from '../../common/base/errors.js';

/** A folder in S3-compatible storage. */
export interface S3Place {
  readonly bucket: string;
  /** Of the keys: empty, or ends in a slash. May begin with one, or hold several in a row. */
  readonly prefix: string;
}

/** An address of storage, also one that is not well-formed. */
export function isRemote(address: string): boolean {
  return /^s3:/i.test(address);
}

/** The bucket, and what follows its slash: a key is any text, so further slashes belong to it. */
function parts(address: string): { readonly bucket: string; readonly key: string } {
  const [, bucket, key = ''] =
    /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/([^]*))?$/i.exec(address) ?? [];
  if (bucket !== undefined) return { bucket, key };
  throw new UnbraidError('invalid-argument', 'This is not an address in S3 storage', {
    file: address,
    hint: 'Write it like s3://bucket/folder; the name of a bucket has 3 to 63 letters, digits, dots and hyphens.',
  });
}

/** What an address like `s3://bucket/folder` names; undefined for other paths. Throws `invalid-argument`. */
export function s3Place(address: string): S3Place | undefined {
  if (!isRemote(address)) return undefined;
  const { bucket, key } = parts(address);
  return { bucket, prefix: key === '' || key.endsWith('/') ? key : `${key}/` };
}

/** The object that an address like `s3://bucket/folder/name` names: the folder, and the name in it. Throws as above. */
export function s3Object(address: string): { readonly place: S3Place; readonly name: string } {
  const { bucket, key } = parts(address);
  const at = key.lastIndexOf('/') + 1;
  if (at < key.length) return { place: { bucket, prefix: key.slice(0, at) }, name: key.slice(at) };
  throw new UnbraidError('invalid-argument', 'This is the address of a folder in S3 storage, not of a file', {
    file: address,
    hint: 'Add a name.',
  });
}

/** How an object is named to people. */
export function s3Address({ bucket, prefix }: S3Place, path = ''): string {
  return `s3://${bucket}/${prefix}${path}`;
}
