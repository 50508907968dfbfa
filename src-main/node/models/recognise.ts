import { UnbraidError } from '../../common/base/errors.js';
import type { CatalogueEntry } from '../../common/models/catalogue.js';
import type { GotFile } from './file-download.js';

type Json = Readonly<Record<string, unknown>>;

export interface RecogniseRequest {
  /** The folder of the files. */
  readonly dir: string;
  readonly files: readonly GotFile[];
  readonly entry: CatalogueEntry;
}

/** Says how files are to be run: a model manifest. Throws `model-incompatible` when it cannot. */
export type Recogniser = (request: RecogniseRequest) => Promise<Json>;

/** The manifest that the catalogue itself has, with the sizes and hashes of what came. */
export const fromCatalogue: Recogniser = ({ entry, files }) => {
  if (!entry.manifest) {
    throw new UnbraidError(
      'model-incompatible',
      `"${entry.name}" is whole, but Unbraid does not know yet how to run files of its kind (${entry.family})`,
      { hint: 'The files stay where they are. With a manifest beside them they can be used.' },
    );
  }
  return Promise.resolve(withHashes(entry.manifest, files));
};

const objects = (value: unknown): Json[] => (Array.isArray(value) ? (value as Json[]) : []);

/** The manifest with the sizes and hashes of the files it names. */
export function withHashes(manifest: Json, files: readonly GotFile[]): Json {
  const about = (name: unknown): Json => {
    const file = files.find((one) => one.name === name);
    return file ? { bytes: file.bytes, sha256: file.sha256 } : {};
  };
  const graphs = objects(manifest['graphs']).map((graph) => ({
    ...graph,
    ...about(graph['file']),
    ...(graph['externalData'] !== undefined && {
      externalData: objects(graph['externalData']).map((data) => ({ ...data, ...about(data['name']) })),
    }),
  }));
  return { ...manifest, graphs };
}
