import { join } from 'node:path';
import { UnbraidError } from '../../common/base/errors.js';
import { onnxFacts, type OnnxFacts } from '../inference/onnx-facts.js';
import { recognise } from '../inference/recognise.js';
import { fromCatalogue, type Recogniser } from './recognise.js';

/**
 * The manifest that the catalogue has; without one, what the files' hashes and forms say. Throws `model-incompatible`
 * for files that no family has, and for those about which a person would have to be asked.
 */
export const fromFiles: Recogniser = async (request) => {
  const { dir, files, entry } = request;
  if (entry.manifest) return fromCatalogue(request);
  const facts: OnnxFacts[] = [];
  for (const { name } of files) {
    if (/\.onnx$/i.test(name)) facts.push(await onnxFacts(join(dir, name), name));
  }
  if (facts.length === 0) return fromCatalogue(request);
  const external = Object.fromEntries(files.map(({ name, bytes, sha256 }) => [name, { bytes, sha256 }]));
  // Of several stems the catalogue has an order for people, not that of the graph.
  const stems = entry.stems.slice(0, 1);
  const hints = { id: entry.id, name: entry.name, licence: entry.licence.name, stems };
  const recognised = recognise(facts, { hints, external });
  if (recognised.state === 'ready') return recognised.json;
  const keys = recognised.questions.map(({ key }) => key).join(', ');
  throw new UnbraidError(
    'model-incompatible',
    `"${entry.name}" is whole, but its files do not say how it is to be run (${recognised.form}; open: ${keys})`,
    {
      hint: 'The files stay where they are. Add them with `unbraid models add`, which asks for what is missing.',
    },
  );
};
