import { createWriteStream, existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { ZipFile } from 'yazl';
import { importModels } from '../../../../src-main/node/models/import-models.js';
import { fromCatalogue } from '../../../../src-main/node/models/recognise.js';
import { unpackProject } from '../../../../src-main/node/project/collect.js';
import { testFolder } from '../../../fixtures/audio/caches.js';
import { entryFor, smallModel, writeCatalogue } from '../../../fixtures/models/catalogues.js';

const mib = 2 ** 20;
/** What a disk keeps free whatever comes. */
const margin = 256 * mib;
const zeros = 200 * mib;
const { signal } = new AbortController();
const root = testFolder();
const bomb = join(root, 'bomb.zip');

/** A small file that unpacks to 200 MiB of nothing. */
beforeAll(async () => {
  const zip = new ZipFile();
  const block = Buffer.alloc(mib);
  const nothing = (function* () {
    for (let i = 0; i < zeros / mib; i++) yield block;
  })();
  zip.addReadStream(Readable.from(nothing), 'deep/model.onnx', { compress: true });
  zip.end();
  await pipeline(zip.outputStream, createWriteStream(bomb));
});

let folders = 0;
function modelFolder(): string {
  const folder = join(root, `${folders++}`);
  mkdirSync(folder);
  return folder;
}

/** Bytes that lie below a folder, temporary ones too. */
function bytesBelow(folder: string): number {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .reduce((sum, one) => sum + readFileSync(join(one.parentPath, one.name)).length, 0);
}

/** The import of files into a folder whose disk has `free` bytes. */
function imported(folder: string, free: () => number, paths: readonly string[] = [bomb]) {
  const tools = { recognise: fromCatalogue, prove: () => Promise.resolve(), free };
  const sources = paths.map((path) => ({ path, name: path.slice(root.length + 1) }));
  return importModels(folder, sources, tools, signal);
}

describe('a zip that unpacks to more than the disk holds', () => {
  it('is refused by the sizes that it states, before anything is written', async () => {
    expect(readFileSync(bomb).length).toBeLessThan(mib);
    const folder = modelFolder();
    let written = 0;
    const free = (): number => {
      written += bytesBelow(folder);
      return margin + zeros - 1;
    };
    const [item] = await imported(folder, free);
    expect(item).toMatchObject({ source: 'bomb.zip', state: 'failed', error: { code: 'disk-full' } });
    expect(item.error).toMatchObject({
      message: 'The disk has 456 MiB free, and 456 MiB are needed',
      file: 'bomb.zip',
      hint: 'Free some space, or choose another folder for models.',
    });
    expect(written).toBe(0);
    expect(readdirSync(join(folder, '.downloads'))).toEqual([]);
  });

  it('is given up when the disk fills meanwhile; what came of it goes, and the other files are taken', async () => {
    const folder = modelFolder();
    const { bytes, manifest } = smallModel('good');
    writeFileSync(join(root, 'good.onnx'), bytes);
    writeCatalogue(folder, [entryFor('good', { bytes }, { manifest })]);
    const left: number[] = [];
    // Another program writes: less than the rest of the zip is left after 64 MiB.
    const free = (): number => {
      left.push(bytesBelow(folder));
      return left.length === 2 ? margin + 100 * mib : margin + zeros;
    };
    const items = await imported(folder, free, [bomb, join(root, 'good.onnx')]);
    expect(items).toMatchObject([
      { source: 'bomb.zip', state: 'failed', error: { code: 'disk-full' } },
      { source: 'good.onnx', state: 'model', id: 'good' },
    ]);
    expect(left).toHaveLength(3);
    expect(left[1]).toBeGreaterThan(left[0] + 32 * mib);
    // It was gone before the next file was copied.
    expect(left[2]).toBeLessThan(mib);
    expect(existsSync(join(folder, 'good', 'good.onnx'))).toBe(true);
    expect(readdirSync(join(folder, '.downloads'))).toEqual([]);
  });

  it('and states less than that is damaged, as soon as more comes', async () => {
    const lying = readFileSync(bomb);
    const directory = lying.lastIndexOf('PK\x01\x02', undefined, 'latin1');
    expect(lying.readUInt32LE(directory + 24)).toBe(zeros);
    lying.writeUInt32LE(1000, directory + 24);
    const path = join(root, 'lying.zip');
    writeFileSync(path, lying);
    const folder = modelFolder();
    const [item] = await imported(folder, () => margin + 1000, [path]);
    expect(item).toMatchObject({ state: 'failed', error: { code: 'model-file-invalid' } });
    expect(readdirSync(join(folder, '.downloads'))).toEqual([]);
  });

  it('is refused as a project too', async () => {
    const library = modelFolder();
    const opened = unpackProject(bomb, 'song.unbraid.zip', library, () => margin + zeros - 1);
    await expect(opened).rejects.toMatchObject({ code: 'disk-full', file: 'song.unbraid.zip' });
    await expect(
      unpackProject(bomb, 'song.unbraid.zip', library, () => margin + zeros),
    ).rejects.toMatchObject({
      code: 'unsupported-format',
    });
    expect(readdirSync(library)).toEqual([]);
  });
});
