import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import type { GraphManifest } from '../../common/separation/manifest.js';
import { externalLocations } from './external-data.js';

interface FileClaim {
  readonly name: string;
  readonly bytes?: number | undefined;
  readonly sha256: string;
}

/** Says what a wrong file probably is, because "hash mismatch" helps no one. */
export function describeWrongFile(bytes: Uint8Array): string {
  const head = Buffer.from(bytes.subarray(0, 200)).toString('latin1');
  if (head.startsWith('version https://git-lfs')) return 'it is a Git LFS pointer, not the model';
  if (/^\s*<(!doctype|html)/i.test(head)) return 'it is a web page, not the model';
  if (bytes.length === 0) return 'it is empty';
  return 'its content is not what the manifest describes';
}

function readClaimed(folder: string, claim: FileClaim): Uint8Array {
  const path = join(folder, claim.name);
  let bytes: Uint8Array;
  try {
    if (!statSync(path).isFile())
      throw new UnbraidError('model-file-invalid', 'This is not a file', { file: path });
    bytes = readFileSync(path);
  } catch (error) {
    throw toUnbraidError(error, path);
  }
  const hint = 'Get the model file again, or correct the manifest if you trust the file.';
  if (claim.bytes !== undefined && bytes.length !== claim.bytes) {
    const message = `The model file has ${bytes.length} bytes instead of ${claim.bytes}: ${describeWrongFile(bytes)}`;
    throw new UnbraidError('model-file-invalid', message, { file: path, hint });
  }
  if (createHash('sha256').update(bytes).digest('hex') !== claim.sha256) {
    const message = `The model file does not match its SHA-256: ${describeWrongFile(bytes)}`;
    throw new UnbraidError('model-hash-mismatch', message, { file: path, hint });
  }
  return bytes;
}

/** The verified model: its bytes, or (with external data) a private copy of the verified files. */
export type VerifiedModel = { readonly release: () => void } & (
  | { readonly bytes: Uint8Array; readonly path?: undefined }
  | { readonly bytes?: undefined; readonly path: string }
);

/**
 * Weights from a file that the manifest does not name would be taken unhashed, from the working directory or anywhere
 * else. Throws `model-file-invalid`.
 */
function checkDeclared(path: string, bytes: Uint8Array, graph: GraphManifest): void {
  const declared = new Set(graph.externalData.map(({ name }) => name));
  let locations: ReadonlySet<string>;
  try {
    locations = externalLocations(bytes);
  } catch (error) {
    throw toUnbraidError(error, path);
  }
  const foreign = [...locations].find((location) => !declared.has(location));
  if (foreign === undefined) return;
  const message = `The model takes weights from "${foreign.slice(0, 200)}", which its manifest does not declare`;
  throw new UnbraidError('model-file-invalid', message, {
    file: path,
    hint: 'Name that file with its SHA-256 under externalData in the manifest, if you trust it.',
  });
}

/**
 * Reads a graph and its external data and checks sizes and hashes on the very bytes that will be loaded.
 * Throws `file-not-found`, `model-file-invalid`, `model-hash-mismatch`.
 */
export function loadVerified(folder: string, graph: GraphManifest): VerifiedModel {
  const bytes = readClaimed(folder, { name: graph.file, bytes: graph.bytes, sha256: graph.sha256 });
  checkDeclared(join(folder, graph.file), bytes, graph);
  if (graph.externalData.length === 0) return { bytes, release: () => undefined };
  const copy = mkdtempSync(join(tmpdir(), 'unbraid-model-'));
  const release = (): void => rmSync(copy, { recursive: true, force: true });
  try {
    writeFileSync(join(copy, graph.file), bytes);
    for (const claim of graph.externalData) writeFileSync(join(copy, claim.name), readClaimed(folder, claim));
    return { path: join(copy, graph.file), release };
  } catch (error) {
    release();
    throw error;
  }
}
