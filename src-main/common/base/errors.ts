/** Every failure a person can meet has one of these codes; programs match on the code, people read the message. */
export type ErrorCode =
  | 'invalid-argument'
  | 'file-not-found'
  | 'permission-denied'
  | 'not-audio'
  | 'no-audio-stream'
  | 'empty-audio'
  | 'unsupported-format'
  | 'damaged-audio'
  | 'too-large'
  | 'decode-failed'
  | 'encode-failed'
  | 'verify-failed'
  | 'output-exists'
  | 'outside-output-folder'
  | 'disk-full'
  | 'io-error'
  | 'project-damaged'
  | 'project-locked'
  | 'project-open'
  | 'session-elsewhere'
  | 'track-gone'
  | 'source-moved'
  | 'source-changed'
  | 'sidecar-damaged'
  | 'model-not-found'
  | 'model-manifest-invalid'
  | 'model-file-invalid'
  | 'model-hash-mismatch'
  | 'model-incompatible'
  | 'download-failed'
  | 'download-refused'
  | 'licence-not-accepted'
  | 'inference-failed'
  | 'out-of-memory'
  | 'device-unavailable'
  | 'process-died'
  | 'timeout'
  | 'cancelled'
  | 'no-beat'
  | 'not-cola'
  | 'not-in-this-host'
  | 'internal';

export interface ErrorDetails {
  /** The file the failure is about, as the user named it. */
  readonly file?: string;
  /** What the user can do next, one sentence. */
  readonly hint?: string;
  readonly cause?: unknown;
}

/** The plain form in which an error crosses a process or a socket. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly file?: string;
  readonly hint?: string;
}

/** A typed error: what happened (`message`), to which file, and what to do (`hint`). */
export class UnbraidError extends Error {
  override readonly name = 'UnbraidError';
  readonly code: ErrorCode;
  readonly file?: string;
  readonly hint?: string;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    if (details.file !== undefined) this.file = details.file;
    if (details.hint !== undefined) this.hint = details.hint;
  }

  /** The same failure, now known to be about `file`; keeps a file that is already named. */
  about(file: string): UnbraidError {
    if (this.file !== undefined) return this;
    return new UnbraidError(this.code, this.message, { file, hint: this.hint, cause: this.cause });
  }

  toWire(): WireError {
    return { code: this.code, message: this.message, file: this.file, hint: this.hint };
  }

  static fromWire(wire: WireError): UnbraidError {
    return new UnbraidError(wire.code, wire.message, { file: wire.file, hint: wire.hint });
  }
}

const systemCodes: Readonly<Record<string, readonly [ErrorCode, string, string]>> = {
  ENOENT: ['file-not-found', 'The file or folder does not exist', 'Check the path.'],
  EACCES: ['permission-denied', 'Permission denied', 'Check the permissions, or choose another folder.'],
  EPERM: ['permission-denied', 'Operation not permitted', 'Check the permissions, or choose another folder.'],
  ENOTDIR: ['invalid-argument', 'A file stands where a folder should be', 'Choose another path.'],
  EROFS: ['permission-denied', 'The file system is read-only', 'Choose another output folder.'],
  ENOSPC: ['disk-full', 'The disk is full', 'Free some space, or choose another disk, and run again.'],
  EDQUOT: ['disk-full', 'The disk quota is used up', 'Free some space, and run again.'],
  EIO: ['io-error', 'The disk reported an input/output error', 'Check the disk, and run again.'],
  ESTALE: ['io-error', 'The network folder has lost this file', 'Mount the folder again, and run again.'],
  ENOTCONN: ['io-error', 'The network folder is not connected', 'Mount the folder again, and run again.'],
  EHOSTDOWN: ['io-error', 'The machine of the network folder is away', 'Check the network, and run again.'],
  EISDIR: ['invalid-argument', 'A folder stands where a file should be', 'Choose another path.'],
  EEXIST: ['output-exists', 'The file exists already', 'Choose another name.'],
  ENOTEMPTY: ['output-exists', 'The folder is not empty', 'Choose another folder.'],
  EBUSY: ['io-error', 'Another program uses the file', 'Close that program, and run again.'],
  ETXTBSY: ['io-error', 'Another program uses the file', 'Close that program, and run again.'],
  EXDEV: ['io-error', 'The file cannot be moved to another disk', 'Choose a folder on the same disk.'],
  ELOOP: ['invalid-argument', 'The link leads round in a circle', 'Name the file that it should lead to.'],
  ENOTSUP: ['io-error', 'The file system cannot do this', 'Choose a folder on another disk.'],
  EFBIG: [
    'too-large',
    'The file is larger than this file system allows',
    'Choose another disk, or another format.',
  ],
  ENAMETOOLONG: ['invalid-argument', 'The name is too long for this file system', 'Use a shorter template.'],
  ENFILE: ['io-error', 'The system has too many open files', 'Close other programs, and run again.'],
  EMFILE: ['io-error', 'Too many open files', 'Close other programs, and run again.'],
};

/** Turns whatever was thrown into a typed error; system errors keep their meaning, others become `internal`. */
export function toUnbraidError(thrown: unknown, file?: string): UnbraidError {
  if (thrown instanceof UnbraidError) return file === undefined ? thrown : thrown.about(file);
  if (thrown instanceof Error) {
    const known = systemCodes[(thrown as { code?: string }).code ?? ''];
    if (known) {
      const path = file ?? (thrown as { path?: string }).path;
      return new UnbraidError(known[0], known[1], { file: path, hint: known[2], cause: thrown });
    }
    // Node's own check of paths.
    if ((thrown as { code?: string }).code === 'ERR_INVALID_ARG_VALUE' && /null bytes/.test(thrown.message))
      return new UnbraidError('invalid-argument', 'A path has no NUL character', {
        ...(file !== undefined && { file }),
        hint: 'Check the path.',
        cause: thrown,
      });
    if (thrown instanceof RangeError && /array (?:length|buffer)|string length/i.test(thrown.message))
      return new UnbraidError('out-of-memory', 'This needs more memory than there is', {
        ...(file !== undefined && { file }),
        hint: 'Close other programs, or choose something smaller.',
        cause: thrown,
      });
    if (thrown.name === 'AbortError')
      return new UnbraidError('cancelled', 'Cancelled', { file, cause: thrown });
    return new UnbraidError('internal', thrown.message, { file, cause: thrown });
  }
  return new UnbraidError('internal', String(thrown), { file });
}

/** Throws `internal`: for states that only a mistake in this program can reach. */
export function assert(condition: unknown, message: string): asserts condition {
  if (!condition) throw new UnbraidError('internal', `Assertion failed: ${message}`);
}

/** Throws `invalid-argument` with a message for the caller. */
export function check(condition: unknown, message: string, hint?: string): asserts condition {
  if (!condition) throw new UnbraidError('invalid-argument', message, { hint });
}
