import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { parseManifest } from '../../../../src-main/common/separation/manifest.js';
import { fromFiles } from '../../../../src-main/node/models/recognise-files.js';
import type { RecogniseRequest } from '../../../../src-main/node/models/recognise.js';
import { familyNetworks } from '../../../fixtures/family-networks.js';
import { entryFor } from '../../../fixtures/models/catalogues.js';
import { onnxModel, writeOnnx } from '../../../fixtures/onnx.js';

const dir = mkdtempSync(join(tmpdir(), 'unbraid-catalogue-files-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function request(family: string, stems: string[]): RecogniseRequest {
  const [{ file, graph }] = familyNetworks[family];
  const { bytes, sha256 } = writeOnnx(dir, file, graph);
  const files = [{ name: file, bytes, sha256, url: null, from: null }];
  return { dir, files, entry: entryFor(`the-${family}`, { bytes: onnxModel(graph) }, { stems }) };
}

it('a fetched SCNet is run as one, in the order of its graph, under the catalogue’s id and licence', async () => {
  const asked = request('scnet', ['vocals', 'drums', 'bass', 'other']);
  const manifest = parseManifest(await fromFiles(asked));
  expect(manifest).toMatchObject({ id: 'the-scnet', preset: 'scnet', name: asked.entry.name });
  expect(manifest.license.weights).toBe(asked.entry.licence.name);
  expect(manifest.stems.order).toEqual(['drums', 'bass', 'other', 'vocals']);
  expect(manifest.graphs[0].sha256).toBe(asked.files[0].sha256);
});

it('what would have to be asked is said', async () => {
  await expect(fromFiles(request('mdx-net', ['vocals']))).rejects.toMatchObject({
    code: 'model-incompatible',
    message: expect.stringContaining('open: nFft') as string,
  });
});
