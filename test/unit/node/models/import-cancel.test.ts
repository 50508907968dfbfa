import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { importModels } from '../../../../src-main/node/models/import-models.js';
import { verifyModels } from '../../../../src-main/node/models/installed.js';
import { fromCatalogue } from '../../../../src-main/node/models/recognise.js';
import { smallModel } from '../../../fixtures/models/catalogues.js';

const root = mkdtempSync(join(tmpdir(), 'unbraid-import-cancel-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));
const freshFolder = (): string => mkdtempSync(join(root, 'models-'));

/** A folder with models and their manifests, in the order of their names. */
function folderWith(ids: readonly string[]): string {
  const dir = freshFolder();
  for (const id of ids) {
    const { bytes, manifest } = smallModel(id);
    writeFileSync(join(dir, `${id}.onnx`), bytes);
    writeFileSync(join(dir, `${id}.json`), JSON.stringify(manifest));
  }
  return dir;
}

describe('a cancelled import', () => {
  it('keeps the models that were whole, and leaves nothing of the one in the middle', async () => {
    const folder = freshFolder();
    const from = folderWith(['a', 'b', 'c']);
    const control = new AbortController();
    const proved: string[] = [];
    const tools = {
      recognise: fromCatalogue,
      prove: (model: { readonly id: string }, signal?: AbortSignal) => {
        proved.push(model.id);
        if (proved.length === 2) control.abort();
        signal?.throwIfAborted();
        return Promise.resolve();
      },
    };
    const asked = importModels(folder, [{ path: from, name: 'three' }], tools, control.signal);
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
    expect(proved).toEqual(['a', 'b']);
    expect(existsSync(join(folder, 'a', 'a.onnx'))).toBe(true);
    expect(readdirSync(folder).sort()).toEqual(['.downloads', 'a']);
    expect(readdirSync(join(folder, '.downloads'))).toEqual([]);
  });

  it('stops while a file is copied', async () => {
    const folder = freshFolder();
    const control = new AbortController();
    const tools = { recognise: fromCatalogue, prove: () => Promise.reject(new Error('not to be reached')) };
    const sources = [{ path: folderWith(['x']), name: 'one' }];
    const asked = importModels(folder, sources, tools, control.signal);
    control.abort();
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
    expect(existsSync(join(folder, 'x'))).toBe(false);
    expect(readdirSync(join(folder, '.downloads'))).toEqual([]);
  });
});

describe('a cancelled verification', () => {
  it('ends as cancelled, and says nothing of files', async () => {
    const folder = folderWith(['m']);
    const control = new AbortController();
    const asked = verifyModels(folder, undefined, control.signal);
    control.abort();
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  });
});
