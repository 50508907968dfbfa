import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OutputFolder, type StagedFile } from '../../../../src-main/node/jobs/output-folder.js';
import { testFolder } from '../../../cli/support/run.js';

const dir = testFolder();
const key = (digit: string): string => digit.repeat(64);
const source = { name: '/music/song.wav', sha256: '0', bytes: 1 };
let count = 0;

function freshFolder(): OutputFolder {
  const folder = new OutputFolder(join(dir, `out-${count++}`));
  folder.open();
  return folder;
}

function stage(folder: OutputFolder, text: string, ...target: string[]): StagedFile {
  const staged = join(folder.stagingDir(), `${count++}`);
  writeFileSync(staged, text);
  return { staged, target };
}

const rules = { sources: [], overwrite: false };

describe('an output folder', () => {
  it('shows a committed set under its names, and finds it again by its key', () => {
    const folder = freshFolder();
    const paths = folder.commit(
      key('a'),
      [stage(folder, 'one', 'song', '1.wav')],
      {
        source,
        result: { told: 1 },
      },
      rules,
    );
    folder.close();
    expect(paths).toEqual([join(folder.root, 'song', '1.wav')]);
    expect(readFileSync(paths[0], 'utf8')).toBe('one');
    const record = new OutputFolder(folder.root).records.find(key('a'));
    expect(record).toMatchObject({
      source,
      result: { told: 1 },
      outputs: [{ path: 'song/1.wav', bytes: 3 }],
    });
    expect(readdirSync(join(folder.root, '.unbraid'))).toEqual([`${key('a')}.json`]);
  });

  it('does not find a set once a file is gone, has another size, or belongs to a later set', () => {
    const folder = freshFolder();
    const commit = (k: string, text: string): string[] =>
      new OutputFolder(folder.root).commit(
        key(k),
        [stage(folder, text, 'x.wav')],
        { source, result: null },
        { ...rules, overwrite: true },
      );
    const [path] = commit('a', 'first');
    expect(folder.records.find(key('a'))).toBeDefined();
    writeFileSync(path, 'longer than before');
    expect(folder.records.find(key('a'))).toBeUndefined();
    commit('a', 'first');
    commit('b', 'other');
    const later = new OutputFolder(folder.root).records;
    expect(later.find(key('a'))).toBeUndefined();
    expect(later.find(key('b'))).toBeDefined();
  });

  it('does not replace what another run has written since the first look', () => {
    const folder = freshFolder();
    folder.checkTargets([['x.wav']], rules);
    const staged = stage(folder, 'mine', 'x.wav');
    writeFileSync(join(folder.root, 'x.wav'), 'theirs');
    expect(() => folder.commit(key('d'), [staged], { source, result: null }, rules)).toThrow(
      expect.objectContaining({ code: 'output-exists' }),
    );
    expect(() => folder.publish([staged], rules)).toThrow(expect.objectContaining({ code: 'output-exists' }));
    expect(readFileSync(join(folder.root, 'x.wav'), 'utf8')).toBe('theirs');
  });

  it('leaves no trace when nothing was made', () => {
    const folder = freshFolder();
    stage(folder, 'never published', 'x.wav');
    folder.close();
    expect(existsSync(folder.root)).toBe(false);
    // What was there before the run stays.
    mkdirSync(folder.root);
    const again = new OutputFolder(folder.root);
    again.open();
    stage(again, 'never published', 'x.wav');
    again.close();
    expect(readdirSync(folder.root)).toEqual([]);
  });

  it('refuses targets that exist, that climb, that meet, and links that lead out', () => {
    const folder = freshFolder();
    writeFileSync(join(folder.root, 'there.wav'), 'mine');
    mkdirSync(join(folder.root, 'folder.wav'));
    symlinkSync(dir, join(folder.root, 'away'));
    const refusal = (...targets: string[][]): unknown => {
      try {
        folder.checkTargets(targets, { ...rules, overwrite: true });
        folder.checkTargets(targets, rules);
      } catch (error) {
        return (error as { code: string }).code;
      }
      return undefined;
    };
    expect(refusal(['new.wav'], ['deep', 'new.wav'])).toBeUndefined();
    expect(refusal(['there.wav'])).toBe('output-exists');
    expect(refusal(['folder.wav'])).toBe('output-exists');
    expect(refusal(['..', 'x.wav'])).toBe('outside-output-folder');
    expect(refusal(['away', 'x.wav'])).toBe('outside-output-folder');
    expect(refusal(['a.wav'], ['A.wav'])).toBe('invalid-argument');
  });

  it('a link inside the folder is followed no further than the folder', () => {
    const folder = freshFolder();
    mkdirSync(join(folder.root, 'real'));
    symlinkSync(join(folder.root, 'real'), join(folder.root, 'inner'));
    expect(() => folder.checkTargets([['inner', 'x.wav']], rules)).not.toThrow();
  });

  it('never replaces a source, also under another name', () => {
    const folder = freshFolder();
    const original = join(dir, 'original.wav');
    writeFileSync(original, 'song');
    symlinkSync(original, join(folder.root, 'link.wav'));
    writeFileSync(join(folder.root, 'own.wav'), 'song');
    const own = { sources: [join(folder.root, 'own.wav')], overwrite: true };
    expect(() => folder.checkTargets([['own.wav']], own)).toThrow('would replace a source file');
    // A link to the source is not the source: renaming onto it leaves the song alone.
    expect(() => folder.checkTargets([['link.wav']], { sources: [original], overwrite: true })).not.toThrow();
    folder.commit(
      key('c'),
      [stage(folder, 'stem', 'link.wav')],
      { source, result: null },
      { sources: [original], overwrite: true },
    );
    expect(readFileSync(original, 'utf8')).toBe('song');
  });

  it('ignores and removes an interrupted move that would leave the folder or is not JSON', () => {
    const folder = freshFolder();
    const state = join(folder.root, '.unbraid');
    writeFileSync(join(state, 'staged'), 'loot');
    const record = { version: 1, source, outputs: [], result: null };
    const hostile = [
      [{ staged: '.unbraid/staged', target: '../stolen.wav' }],
      [{ staged: '../original.wav', target: 'taken.wav' }],
    ];
    hostile.forEach((moves, i) =>
      writeFileSync(join(state, `${key(String(i))}.intent.json`), JSON.stringify({ moves, record })),
    );
    writeFileSync(join(state, `${key('9')}.intent.json`), '{"moves": [');
    writeFileSync(join(state, `${key('8')}.intent.json`), 'null');
    new OutputFolder(folder.root).open();
    expect(readdirSync(dir)).not.toContain('stolen.wav');
    expect(readFileSync(join(dir, 'original.wav'), 'utf8')).toBe('song');
    expect(readdirSync(folder.root)).toEqual(['.unbraid']);
    expect(readdirSync(state)).toEqual(['staged']);
  });

  it('reports failures in its staging folder as failures of the song', () => {
    const folder = freshFolder();
    const inside = Object.assign(new Error('full'), {
      code: 'ENOSPC',
      path: join(folder.stagingDir(), 'x.wav'),
    });
    expect(folder.explain(inside, 'song.wav')).toMatchObject({ code: 'disk-full', file: 'song.wav' });
  });
});
