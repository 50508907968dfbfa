import { existsSync, mkdirSync, readFileSync, readdirSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { isZip, unzip, writeZip, type UnpackLimits } from '../../../../src-main/node/files/zip-file.js';
import { testFolder } from '../../../fixtures/audio/caches.js';

const root = testFolder();
let count = 0;

function folder(): string {
  const dir = join(root, `${count++}`);
  mkdirSync(dir);
  return dir;
}

/** Bytes that look like sound: nothing to compress, more than one chunk. */
const bytes = Buffer.from(Uint32Array.from({ length: 100_000 }, (_, i) => Math.imul(i, 2654435761)).buffer);

/** A zip of two files and a text, and the folder it lies in. */
async function written(): Promise<{ dir: string; path: string; length: number }> {
  const dir = folder();
  writeFileSync(join(dir, 'a'), bytes);
  writeFileSync(join(dir, 'b'), '');
  const path = join(dir, 'all.zip');
  const sources = [
    { name: 'in/übung 🎤.wav', file: join(dir, 'a') },
    { name: 'empty', file: join(dir, 'b') },
    { name: 'in/text.xml', text: '<ä/>' },
  ];
  return { dir, path, length: await writeZip(path, sources) };
}

const limits = (change: Partial<UnpackLimits> = {}): UnpackLimits => ({
  ...{ bytes: 1e6, files: 10, room: () => undefined },
  ...change,
});

describe('a zip', () => {
  it('comes back as it was', async () => {
    const { dir, path, length } = await written();
    expect(readFileSync(path)).toHaveLength(length);
    expect(readdirSync(dir).sort()).toEqual(['a', 'all.zip', 'b']);
    expect(await isZip(path)).toBe(true);
    expect(await isZip(join(dir, 'a'))).toBe(false);
    expect(await isZip(join(dir, 'b'))).toBe(false);
    expect(await isZip(dir)).toBe(false);
    const out = folder();
    await unzip(path, out, limits());
    expect(readFileSync(join(out, 'in', 'übung 🎤.wav'))).toEqual(bytes);
    expect(readFileSync(join(out, 'empty'))).toHaveLength(0);
    expect(readFileSync(join(out, 'in', 'text.xml'), 'utf8')).toBe('<ä/>');
  });

  it('is not there when a source is not, or the work is cancelled; what was there stays', async () => {
    const { dir, path } = await written();
    const before = readFileSync(path);
    const files = readdirSync(dir);
    const gone = [
      { name: 'a', file: join(dir, 'a') },
      { name: 'x', file: join(dir, 'nothing') },
    ];
    await expect(writeZip(path, gone)).rejects.toMatchObject({ code: 'file-not-found' });
    const stop = new AbortController();
    const onBytes = (): void => stop.abort();
    await expect(writeZip(path, gone.slice(0, 1), { signal: stop.signal, onBytes })).rejects.toMatchObject({
      code: 'cancelled',
    });
    expect(readdirSync(dir)).toEqual(files);
    expect(readFileSync(path).equals(before)).toBe(true);
  });

  it('that leads out of the folder is refused', async () => {
    const { path } = await written();
    for (const evil of ['../evil.xml', '/ab/evil.xm', 'in/../../ev.']) {
      // As long as the name it stands for, so that all offsets stay right.
      const raw = readFileSync(path)
        .toString('latin1')
        .replaceAll('in/text.xml', evil.slice(0, 11).padEnd(11, 'x'));
      const bad = join(folder(), 'evil.zip');
      writeFileSync(bad, raw, 'latin1');
      const out = join(folder(), 'deep');
      mkdirSync(out);
      await expect(unzip(bad, out, limits())).rejects.toMatchObject({ code: 'project-damaged' });
      expect(readdirSync(join(out, '..'))).toEqual(['deep']);
      expect(existsSync('/ab')).toBe(false);
    }
  });

  it('that is too long, cut or damaged is refused', async () => {
    const { path } = await written();
    const out = folder();
    await expect(unzip(path, out, limits({ bytes: bytes.length + 4 }))).rejects.toMatchObject({
      code: 'too-large',
    });
    await expect(unzip(path, out, limits({ files: 2 }))).rejects.toMatchObject({ code: 'too-large' });
    // Both are known before anything is written.
    expect(readdirSync(out)).toEqual([]);
    await unzip(path, out, limits({ bytes: bytes.length + 5, files: 3 }));
    const raw = readFileSync(path);
    raw[60_000] ^= 1;
    writeFileSync(path, raw);
    await expect(unzip(path, folder(), limits())).rejects.toMatchObject({ code: 'project-damaged' });
    truncateSync(path, 50_000);
    await expect(unzip(path, folder(), limits())).rejects.toMatchObject({ code: 'project-damaged' });
  });
});
