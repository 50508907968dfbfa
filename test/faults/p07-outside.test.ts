import { createHash } from 'node:crypto';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { writeAtomically } from '../../src-main/node/files/atomic-file.js';
import { ownerTag, partPath } from '../../src-main/node/files/workspace.js';
import { OutputFolder } from '../../src-main/node/jobs/output-folder.js';
import { testFolder } from '../cli/support/run.js';

const dir = testFolder();
let count = 0;

/** An output folder that somebody else has prepared, with an intent of theirs, and a file outside that they are after. */
function prepared(
  moves: (folder: string) => { staged: string; target: string }[],
  outputs: string[],
): {
  readonly root: string;
  readonly victim: string;
} {
  const root = join(dir, `planted-${count++}`);
  const outside = `${root}-outside`;
  mkdirSync(join(root, '.unbraid'), { recursive: true });
  mkdirSync(outside);
  const victim = join(outside, 'song.wav');
  writeFileSync(victim, 'mine');
  symlinkSync(outside, join(root, 'link'));
  const intent = {
    moves: moves(root),
    record: {
      version: 1,
      source: { name: 'x', sha256: createHash('sha256').digest('hex'), bytes: 4 },
      outputs: outputs.map((path) => ({ path, bytes: 4, mtimeMs: 0 })),
      result: null,
    },
  };
  writeFileSync(join(root, '.unbraid', 'z.intent.json'), JSON.stringify(intent));
  return { root, victim };
}

describe('P7 an output folder that somebody else has made', () => {
  it.each([
    ['through a link', [{ staged: '.unbraid/gone', target: 'link/song.wav' }]],
    ['by climbing', [{ staged: '.unbraid/gone', target: '../planted-1-outside/song.wav' }]],
    ['from outside', [{ staged: '.unbraid/../link/song.wav', target: 'stolen.wav' }]],
  ])('a planted intent deletes and moves nothing outside of it: %s', (_, moves) => {
    const { root, victim } = prepared(
      () => moves,
      moves.map(({ target }) => target),
    );
    const folder = new OutputFolder(root);
    folder.open();
    expect(readFileSync(victim, 'utf8')).toBe('mine');
    expect(existsSync(join(root, 'stolen.wav'))).toBe(false);
    expect(readdirSync(join(root, '.unbraid'))).toEqual([]);
    folder.close();
  });

  it('links under the names of files that are being written lead nowhere', () => {
    const root = join(dir, `planted-${count++}`);
    const victim = join(root, '..', 'song.wav');
    mkdirSync(root, { recursive: true });
    writeFileSync(victim, 'mine');
    const target = join(root, 'report.json');
    // The names of earlier versions, and any that could be known before.
    for (const name of [`report.json.${ownerTag()}.part`, partPath(target)])
      symlinkSync(victim, join(root, basename(name)));
    writeAtomically(target, 'theirs');
    expect(readFileSync(target, 'utf8')).toBe('theirs');
    expect(readFileSync(victim, 'utf8')).toBe('mine');
    expect(partPath(target)).not.toBe(partPath(target));
    expect(lstatSync(target).isFile()).toBe(true);
  });

  it('an intent that cannot be read, or a folder in its place, costs nothing', () => {
    const root = join(dir, `planted-${count++}`);
    mkdirSync(join(root, '.unbraid', 'c.intent.json'), { recursive: true });
    writeFileSync(join(root, '.unbraid', 'a.intent.json'), '{"moves": 7}');
    writeFileSync(join(root, '.unbraid', 'b.intent.json'), 'null');
    const folder = new OutputFolder(root);
    folder.open();
    expect(readdirSync(join(root, '.unbraid'))).toEqual([]);
  });

  it('.unbraid itself as a link is refused', () => {
    const root = join(dir, `planted-${count++}`);
    const elsewhere = `${root}-elsewhere`;
    mkdirSync(root);
    mkdirSync(elsewhere);
    writeFileSync(join(elsewhere, 'x.intent.json'), '{}');
    symlinkSync(elsewhere, join(root, '.unbraid'));
    expect(() => new OutputFolder(root).open()).toThrow(
      expect.objectContaining({ code: 'outside-output-folder' }),
    );
    expect(readdirSync(elsewhere)).toEqual(['x.intent.json']);
  });
});
