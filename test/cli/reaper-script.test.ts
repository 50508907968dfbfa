import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { testFolder } from './support/run.js';
import { Listener, song, sumOf, worst, writeWav } from './support/songs.js';

const path = (name: string): string => fileURLToPath(new URL(`../../${name}`, import.meta.url));
const lua = ['lua5.4', 'lua'].find((name) => spawnSync(name, ['-v']).status === 0);

/** Runs the script on an item of this file, with Reaper's functions replaced; lines of what it did. */
function runScript(song: string, project: string, cache: string): string[][] {
  const command = `'${process.execPath}' '${path('out/hosts/cli/main.js')}'`;
  const stage = path('test/fixtures/hand-over/reaper.lua');
  const { status, stdout, stderr } = spawnSync(
    lua!,
    [stage, song, project, command, path('docs/examples/unbraid-stems.lua')],
    { encoding: 'utf8', env: { ...process.env, UNBRAID_CACHE: cache } },
  );
  expect([status, stderr]).toEqual([0, '']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));
}

describe.skipIf(lua === undefined)('the script for Reaper', () => {
  const dir = testFolder();
  const ears = new Listener(dir);

  it('lays the stems under an item, in its place, as one step to undo', async () => {
    const planes = song(2, 30_000);
    const wav = writeWav(join(dir, `It's "one" — ü.wav`), planes, 44_100, '32f');
    const said = runScript(wav, dir, join(dir, 'cache'));
    const named = said.filter(([, name]) => name === 'P_NAME' || name === 'source');
    const tracks = named.filter(([who]) => who.startsWith('track at')).map(([who, , value]) => [who, value]);
    expect(tracks).toEqual([
      ['track at 3', 'vocals'],
      ['track at 4', 'drums'],
      ['track at 5', 'bass'],
      ['track at 6', 'other'],
    ]);
    const files = named.filter(([, name]) => name === 'source').map(([, , file]) => file);
    expect(files.every((file) => file.startsWith(join(dir, 'Unbraid')) && existsSync(file))).toBe(true);
    const stems = await Promise.all(files.map(async (file) => (await ears.read(file)).planes));
    expect(worst(sumOf(stems), planes)).toBeLessThan(1e-6);
    for (const [name, value] of [
      ['D_POSITION', '12.5'],
      ['D_STARTOFFS', '0.75'],
      ['D_LENGTH', '2'],
    ])
      expect(said.filter(([who, what, is]) => who !== 'item' && what === name && is === value)).toHaveLength(
        4,
      );
    expect(said.at(-2)).toEqual(['item', 'B_MUTE', '1']);
    expect([said[0], said.at(-1)]).toEqual([['begin'], ['end', 'Unbraid: stems of an item']]);
  });

  it('keeps the stems of files of the same name apart', async () => {
    const songs = ['a', 'b'].map((folder, i) =>
      writeWav(join(dir, folder, 'take.wav'), song(1, 20_000, 44_100, i + 1), 44_100, '32f'),
    );
    const stemsOf = (wav: string): string[] =>
      runScript(wav, dir, join(dir, 'cache'))
        .filter(([, name]) => name === 'source')
        .map(([, , file]) => file);
    const [first, second] = songs.map(stemsOf);
    expect(new Set([...first, ...second]).size).toBe(8);
    // The first item's are still its own, and a second run has the same places.
    const stems = await Promise.all(first.map(async (file) => (await ears.read(file)).planes));
    expect(worst(sumOf(stems), song(1, 20_000, 44_100, 1))).toBeLessThan(1e-6);
    expect(stemsOf(songs[0])).toEqual(first);
  });

  it('says what went wrong, and changes nothing', () => {
    const text = join(dir, 'no-song.wav');
    writeFileSync(text, 'not audio');
    const said = runScript(text, dir, join(dir, 'cache'));
    expect(said).toHaveLength(1);
    expect(said[0][0]).toBe('message');
    expect(said[0][1].length).toBeGreaterThan(10);
  });
});
