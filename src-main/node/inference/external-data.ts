import { UnbraidError } from '../../common/base/errors.js';

/**
 * The files that an ONNX graph takes weights from, beside itself: `location` of its tensors' external data. A walk over
 * the protocol buffer that decodes nothing else (onnx.proto3 of the ONNX project: the field numbers below), because a
 * whole decoder would hold the weights a second time.
 *
 * @throws UnbraidError `model-file-invalid` for bytes that are not a protocol buffer
 */
export function externalLocations(model: Uint8Array): ReadonlySet<string> {
  const found = new Set<string>();
  walk(model, 'model', found, 0);
  return found;
}

type Message = 'model' | 'graph' | 'node' | 'attribute' | 'tensor' | 'sparse' | 'entry' | 'function';

/** Fields that hold messages of interest, by their numbers. */
const fields: Readonly<Record<Exclude<Message, 'entry'>, Readonly<Record<number, Message>>>> = {
  model: { 7: 'graph', 25: 'function' },
  graph: { 1: 'node', 5: 'tensor', 15: 'sparse' },
  function: { 7: 'node', 11: 'attribute' },
  node: { 5: 'attribute' },
  attribute: { 5: 'tensor', 6: 'graph', 10: 'tensor', 11: 'graph', 22: 'sparse', 23: 'sparse' },
  sparse: { 1: 'tensor', 2: 'tensor' },
  tensor: { 13: 'entry' },
};

/** Graphs in attributes of nodes of graphs …: no exporter goes that deep. */
const deepest = 64;

function walk(bytes: Uint8Array, message: Message, found: Set<string>, depth: number): void {
  if (depth > deepest) throw invalid('its graphs are nested too deeply');
  if (message === 'entry') return entry(bytes, found);
  const known = fields[message];
  for (const { number, value } of fieldsOf(bytes)) {
    const inner = known[number] as Message | undefined;
    if (inner !== undefined && value) walk(value, inner, found, depth + 1);
  }
}

/** One key and value of a tensor's external data. */
function entry(bytes: Uint8Array, found: Set<string>): void {
  const text = new Map<number, string>();
  for (const { number, value } of fieldsOf(bytes)) {
    if (value) text.set(number, new TextDecoder().decode(value));
  }
  if (text.get(1) === 'location') found.add(text.get(2) ?? '');
}

/** The fields of a message; `value` where it has a length (wire type 2). */
function* fieldsOf(bytes: Uint8Array): Generator<{ readonly number: number; readonly value?: Uint8Array }> {
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let shift = 0; shift < 70; shift += 7) {
      if (at >= bytes.length) throw invalid('it ends in the middle of a field');
      const byte = bytes[at++];
      value += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return value;
    }
    throw invalid('a number in it has no end');
  };
  while (at < bytes.length) {
    const key = varint();
    const [number, wire] = [Math.floor(key / 8), key % 8];
    if (wire === 0) varint();
    else if (wire === 1) at += 8;
    else if (wire === 5) at += 4;
    else if (wire === 2) {
      const length = varint();
      if (at + length > bytes.length) throw invalid('a field is longer than the file');
      yield { number, value: bytes.subarray(at, at + length) };
      at += length;
      continue;
    } else throw invalid('it is no ONNX file');
    if (at > bytes.length) throw invalid('it ends in the middle of a field');
    yield { number };
  }
}

function invalid(why: string): UnbraidError {
  return new UnbraidError('model-file-invalid', `The model file cannot be read: ${why}`, {
    hint: 'Get the model file again.',
  });
}
