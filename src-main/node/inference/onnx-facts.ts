import { createHash } from 'node:crypto';
import { closeSync, fstatSync } from 'node:fs';
import { basename } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../common/base/errors.js';
import { readAll } from '../files/bytes.js';
import { hashFile } from '../files/content-hash.js';
import { openRegular } from '../files/file-bytes.js';

/** An input or output of a graph; a dynamic axis has its name, or '?'. */
export interface OnnxValue {
  readonly name: string;
  readonly type: 'float32' | 'float16' | 'other';
  readonly dims: readonly (number | string)[];
}

/** What an ONNX file says of itself, without its weights. */
export interface OnnxFacts {
  readonly path: string;
  readonly name: string;
  readonly bytes: number;
  readonly sha256: string;
  /** MD5 of the last 10,240,000 bytes: how UVR's table names files. */
  readonly md5Tail: string;
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly operators: ReadonlySet<string>;
  /** Notes of whoever made it; they may be wrong. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Files that hold its weights. */
  readonly external: ReadonlySet<string>;
}

/** A field of a message: a number, or bytes that lie at `[start, end)` of the file. */
interface Field {
  readonly number: number;
  readonly int?: number;
  readonly start: number;
  readonly end: number;
}

const block = 1 << 16;
/** No name, dimension or note is longer. */
const longestText = 1 << 20;
const deepest = 64;

/** Reads protocol buffers (onnx.proto3 has the numbers) from a file some kilobytes at a time: weights are skipped. */
class Reader {
  private held = Buffer.alloc(0);
  private heldAt = 0;

  constructor(
    private readonly fd: number,
    readonly bytes: number,
  ) {}

  private byte(at: number): number {
    const inside = at - this.heldAt;
    if (inside >= 0 && inside < this.held.length) return this.held[inside];
    const fresh = Buffer.alloc(Math.min(block, this.bytes - at));
    if (fresh.length === 0 || readAll(this.fd, fresh, at) < 1)
      throw damaged('it ends in the middle of a field');
    [this.held, this.heldAt] = [fresh, at];
    return fresh[0];
  }

  private varint(at: number, end: number): { value: number; next: number } {
    let value = 0;
    for (let i = 0; i < 10; i++) {
      if (at + i >= end) throw damaged('it ends in the middle of a field');
      const byte = this.byte(at + i);
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) return { value, next: at + i + 1 };
    }
    throw damaged('a number in it has no end');
  }

  *fields(start: number, end: number): Generator<Field> {
    for (let at = start; at < end;) {
      const key = this.varint(at, end);
      const [number, wire] = [Math.floor(key.value / 8), key.value % 8];
      at = key.next;
      if (wire === 0) {
        const { value, next } = this.varint(at, end);
        yield { number, int: value, start: at, end: next };
        at = next;
      } else if (wire === 2) {
        const { value, next } = this.varint(at, end);
        if (next + value > end) throw damaged('a field is longer than the file');
        yield { number, start: next, end: next + value };
        at = next + value;
      } else if (wire === 1 || wire === 5) {
        at += wire === 1 ? 8 : 4;
        if (at > end) throw damaged('it ends in the middle of a field');
      } else throw damaged('it is no ONNX file');
    }
  }

  text({ start, end }: Field): string {
    const bytes = Buffer.alloc(Math.min(end - start, longestText));
    readAll(this.fd, bytes, start);
    return bytes.toString('utf8');
  }
}

function damaged(why: string): UnbraidError {
  return new UnbraidError('model-file-invalid', `This ONNX file cannot be read: ${why}`, {
    hint: 'Choose the .onnx file itself, or get it again.',
  });
}

interface Found {
  inputs: OnnxValue[];
  outputs: OnnxValue[];
  /** Weights that are listed as inputs, as old exporters do. */
  initial: Set<string>;
  operators: Set<string>;
  metadata: Record<string, string>;
  external: Set<string>;
}

function readModel(reader: Reader): Found {
  const found: Found = {
    ...{ inputs: [], outputs: [], initial: new Set(), operators: new Set() },
    ...{ metadata: {}, external: new Set() },
  };
  let graphs = 0;
  for (const field of reader.fields(0, reader.bytes)) {
    if (field.number === 7 && field.int === undefined) {
      graphs++;
      readGraph(reader, field, found, 0);
    } else if (field.number === 14 && field.int === undefined) {
      const [key, value] = entryOf(reader, field);
      found.metadata[key] = value;
    }
  }
  if (graphs === 0 || found.outputs.length === 0) throw damaged('there is no graph in it');
  return found;
}

function readGraph(reader: Reader, graph: Field, found: Found, depth: number): void {
  if (depth > deepest) throw damaged('its graphs are nested too deeply');
  for (const field of reader.fields(graph.start, graph.end)) {
    if (field.int !== undefined) continue;
    if (field.number === 1) readNode(reader, field, found, depth);
    else if (field.number === 5) readTensor(reader, field, found, depth === 0);
    else if (depth === 0 && field.number === 11) found.inputs.push(valueOf(reader, field));
    else if (depth === 0 && field.number === 12) found.outputs.push(valueOf(reader, field));
  }
}

function readNode(reader: Reader, node: Field, found: Found, depth: number): void {
  for (const field of reader.fields(node.start, node.end)) {
    if (field.int !== undefined) continue;
    if (field.number === 4) found.operators.add(reader.text(field));
    if (field.number !== 5) continue;
    for (const part of reader.fields(field.start, field.end)) {
      if (part.int !== undefined) continue;
      if (part.number === 5 || part.number === 10) readTensor(reader, part, found, false);
      else if (part.number === 6 || part.number === 11) readGraph(reader, part, found, depth + 1);
    }
  }
}

function readTensor(reader: Reader, tensor: Field, found: Found, named: boolean): void {
  for (const field of reader.fields(tensor.start, tensor.end)) {
    if (field.int !== undefined) continue;
    if (field.number === 8 && named) found.initial.add(reader.text(field));
    if (field.number !== 13) continue;
    const [key, value] = entryOf(reader, field);
    if (key === 'location') found.external.add(value);
  }
}

function entryOf(reader: Reader, entry: Field): [string, string] {
  let [key, value] = ['', ''];
  for (const field of reader.fields(entry.start, entry.end)) {
    if (field.number === 1) key = reader.text(field);
    else if (field.number === 2) value = reader.text(field);
  }
  return [key, value];
}

const elementTypes: Readonly<Record<number, OnnxValue['type']>> = { 1: 'float32', 10: 'float16' };

function valueOf(reader: Reader, value: Field): OnnxValue {
  let name = '';
  let type: OnnxValue['type'] = 'other';
  const dims: (number | string)[] = [];
  const within = (fields: Iterable<Field>, number: number): Field[] =>
    [...fields].filter((field) => field.number === number && field.int === undefined);
  for (const field of reader.fields(value.start, value.end)) {
    if (field.number === 1) name = reader.text(field);
    if (field.number !== 2) continue;
    for (const tensor of within(reader.fields(field.start, field.end), 1)) {
      for (const part of reader.fields(tensor.start, tensor.end)) {
        if (part.number === 1 && part.int !== undefined) type = elementTypes[part.int] ?? 'other';
        if (part.number !== 2) continue;
        for (const dim of within(reader.fields(part.start, part.end), 1)) {
          let size: number | string = '?';
          for (const one of reader.fields(dim.start, dim.end)) {
            if (one.number === 1 && one.int !== undefined)
              size = one.int > 0 && one.int < 2 ** 53 ? one.int : '?';
            else if (one.number === 2) size = reader.text(one);
          }
          dims.push(size);
        }
      }
    }
  }
  return { name, type, dims };
}

const tailBytes = 10_240_000;

/**
 * Reads what an ONNX file says of itself. Its weights are hashed, but never in memory as a whole.
 * Throws `file-not-found`, `model-file-invalid`, `cancelled`; `name` is what the person calls the file.
 */
export async function onnxFacts(
  path: string,
  name = basename(path),
  signal?: AbortSignal,
): Promise<OnnxFacts> {
  const { sha256, bytes } = await hashFile(path, signal);
  try {
    const { fd } = openRegular(path);
    try {
      const { size } = fstatSync(fd);
      const { inputs, initial, ...found } = readModel(new Reader(fd, size));
      const tail = Buffer.alloc(Math.min(tailBytes, size));
      readAll(fd, tail, size - tail.length);
      const md5Tail = createHash('md5').update(tail).digest('hex');
      const heard = inputs.filter((input) => !initial.has(input.name));
      return { path, name, bytes, sha256, md5Tail, ...found, inputs: heard };
    } finally {
      closeSync(fd);
    }
  } catch (error) {
    throw toUnbraidError(error, path);
  }
}
