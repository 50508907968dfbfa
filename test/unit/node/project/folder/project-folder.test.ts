import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from '../../../../support/fc.js';
import { describe, expect, it } from 'vitest';
import {
  newTrack,
  recordSchema,
  type EditRecord,
  type TrackRecord,
} from '../../../../../src-main/common/document/records.js';
import type { StepMarks } from '../../../../../src-main/common/document/history-schema.js';
import { noMarks } from '../../../../../src-main/common/document/marks.js';
import { parseProject } from '../../../../../src-main/node/project/folder/format.js';
import { replay } from '../../../../../src-main/node/project/folder/journal.js';
import { ProjectFolder } from '../../../../../src-main/node/project/folder/project-folder.js';
import { testFolder } from '../../../../cli/support/run.js';
import { actions, ends, grouped, live, plain } from '../../../common/document/lives.js';
import { region } from '../../../common/document/records-of.js';
import { stateOf, stepOf } from './projects.js';

const root = testFolder();
const fresh = (): string => mkdtempSync(join(root, 'p-'));
const at = (dir: string, name: string): string => join(dir, name);
const contentsOf = ({ file: { document, history } }: ProjectFolder): unknown =>
  plain({ records: new Map(document.records.map((record) => [record.id, record])), marks: history });

/** Opens, hands over and closes again. */
async function reopen<T>(dir: string, use: (opened: ReturnType<typeof ProjectFolder.open>) => T): Promise<T> {
  const opened = ProjectFolder.open(dir);
  try {
    return use(opened);
  } finally {
    await opened.folder.dispose();
  }
}

// As stores have it: the order of a record's fields counts.
const drums = recordSchema.parse(newTrack('drums', 0)) as TrackRecord;
const louder = (gainDb: number, from = drums): Parameters<ProjectFolder['append']>[0] => [
  stepOf({ added: {}, removed: {}, updated: { [drums.id]: [from, { ...drums, gainDb }] } }),
];

describe('a project folder', () => {
  it('D20: gives back any document with its history, whichever changes were saved and whichever only kept', async () => {
    await fc.assert(
      fc.asyncProperty(actions, ends, fc.nat(11), async (sequence, ends, savedAfter) => {
        const { changes, states, start } = live(sequence, [drums]);
        const groups = grouped(changes, ends);
        const dir = fresh();
        const folder = ProjectFolder.create(dir, stateOf([drums]));
        let saved = 0;
        groups.forEach((group, i) => {
          folder.append(group);
          if (i !== savedAfter) return;
          const { document, history } = folder.file;
          folder.save(stateOf(document.records, 'saved', history));
          saved = i + 1;
        });
        await folder.dispose();
        const last = plain(states.at(-1) ?? start);
        await reopen(dir, ({ folder: again, recovery }) => {
          expect(contentsOf(again)).toEqual(last);
          expect(recovery).toEqual({ applied: groups.length - saved, lost: 0, previous: false });
          expect(again.file.name).toBe(saved > 0 ? 'saved' : 'song');
          again.fold();
        });
        await reopen(dir, ({ folder: again, recovery }) => {
          expect(contentsOf(again)).toEqual(last);
          expect(recovery.applied).toBe(0);
        });
      }),
      { numRuns: 40 },
    );
  });

  it('cut at any byte of its journal keeps all changes before the cut, and tells of half a line', async () => {
    const dir = fresh();
    const folder = ProjectFolder.create(dir, stateOf([drums]));
    folder.append(louder(1));
    folder.append(louder(2, { ...drums, gainDb: 1 }));
    folder.append(louder(3, { ...drums, gainDb: 2 }));
    await folder.dispose();
    const journal = at(dir, 'journal.ndjson');
    const whole = readFileSync(journal);
    const ends = [...whole.entries()].filter(([, byte]) => byte === 10).map(([i]) => i + 1);
    const start = { records: new Map([[drums.id, drums]]), marks: noMarks };
    for (let length = 0; length <= whole.length; length++) {
      const lines = ends.filter((end) => end <= length).length;
      const torn = length > 0 && !ends.includes(length);
      const { applied, sequence, goodBytes, lostLines, state } = replay(whole.subarray(0, length), start, 0);
      expect({ applied, sequence, goodBytes, lostLines }).toEqual({
        ...{ applied: lines, sequence: lines, goodBytes: ends[lines - 1] ?? 0, lostLines: torn ? 1 : 0 },
      });
      expect((state.records.get(drums.id) as TrackRecord).gainDb).toBe(lines);
      expect(state.marks.done).toHaveLength(lines);
    }
    for (const length of [1, ends[0] - 1, ends[0], ends[1] + 40, whole.length - 1, whole.length]) {
      writeFileSync(journal, whole.subarray(0, length));
      const lines = ends.filter((end) => end <= length).length;
      await reopen(dir, ({ folder: again, recovery }) => {
        expect(recovery).toEqual({
          applied: lines,
          lost: length > (ends[lines - 1] ?? 0) ? 1 : 0,
          previous: false,
        });
        expect(again.file.document.records).toEqual([{ ...drums, gainDb: lines }]);
      });
      expect(readFileSync(journal).length).toBe(ends[lines - 1] ?? 0);
    }
  });

  it('ends its journal at a damaged line, keeps what followed aside, and goes on from there', async () => {
    const dir = fresh();
    const folder = ProjectFolder.create(dir, stateOf([drums]));
    for (let i = 1; i <= 4; i++) folder.append(louder(i, { ...drums, gainDb: i - 1 }));
    await folder.dispose();
    const journal = at(dir, 'journal.ndjson');
    const lines = readFileSync(journal, 'utf8').split('\n');
    const damaged = lines.with(2, lines[2].replace('"gainDb":3', '"gainDb":4')).join('\n');
    writeFileSync(journal, damaged);
    await reopen(dir, ({ folder: again, recovery }) => {
      expect(recovery).toEqual({ applied: 2, lost: 2, previous: false });
      again.append(louder(9, { ...drums, gainDb: 2 }));
    });
    expect(readFileSync(at(dir, 'journal.lost-1.ndjson'), 'utf8')).toBe(
      damaged.split('\n').slice(2).join('\n'),
    );
    await reopen(dir, ({ folder: again, recovery }) => {
      expect(recovery).toEqual({ applied: 3, lost: 0, previous: false });
      expect(again.file.document.records).toEqual([{ ...drums, gainDb: 9 }]);
    });
  });

  it('takes no change that does not fit, and none that leaves automation without its track', async () => {
    const dir = fresh();
    const vocals = newTrack('vocals', 1);
    const folder = ProjectFolder.create(dir, stateOf([vocals, region('a', 0, 9)]));
    const refused = (changes: Parameters<typeof folder.append>[0], cause: RegExp): void => {
      const because = expect.objectContaining({ message: expect.stringMatching(cause) as string }) as Error;
      expect(() => folder.append(changes)).toThrow(
        expect.objectContaining({ code: 'invalid-argument', cause: because }),
      );
    };
    refused(louder(1), /does not fit/);
    const orphan = stepOf({ added: {}, updated: {}, removed: { [vocals.id]: vocals } });
    expect(() => folder.append([orphan])).toThrow(/belongs to no track/);
    refused([{ kind: 'undo' }], /nothing to undo/);
    expect(readFileSync(at(dir, 'journal.ndjson')).length).toBe(0);
    await folder.dispose();
    expect(() => folder.append(louder(1))).toThrow(/opened elsewhere/);
  });

  it('comes back from a damaged file with the state before, and keeps the damaged one', async () => {
    const dir = fresh();
    const folder = ProjectFolder.create(dir, stateOf([drums], 'first'));
    folder.save(stateOf([{ ...drums, mute: true }], 'second'));
    await folder.dispose();
    writeFileSync(at(dir, 'project.json'), '{"project":"unbraid","version":1,"na');
    await reopen(dir, ({ folder: again, recovery }) => {
      expect(recovery.previous).toBe(true);
      expect(again.file).toMatchObject({ name: 'first', document: { records: [drums] } });
    });
    expect(readFileSync(at(dir, 'project.damaged-1.json'), 'utf8')).toBe(
      '{"project":"unbraid","version":1,"na',
    );
    await reopen(dir, ({ recovery }) => expect(recovery.previous).toBe(false));
  });

  it('of a newer Unbraid is refused and left as it is', async () => {
    const dir = fresh();
    const folder = ProjectFolder.create(dir, stateOf([drums]));
    folder.save(stateOf([drums]));
    await folder.dispose();
    const path = at(dir, 'project.json');
    const newer = readFileSync(path, 'utf8').replace('"version": 2', '"version": 7');
    writeFileSync(path, newer);
    const names = readdirSync(dir).sort();
    expect(() => ProjectFolder.open(dir)).toThrow(
      expect.objectContaining({
        code: 'unsupported-format',
        message: 'This project has version 7, and this Unbraid reads versions up to 2',
        hint: expect.stringContaining('newer Unbraid') as string,
        file: dir,
      }),
    );
    expect(readFileSync(path, 'utf8')).toBe(newer);
    expect(readdirSync(dir).sort()).toEqual(names);
  });

  it('of an older version goes through every step between', () => {
    const text = JSON.stringify({ project: 'unbraid', version: 1, title: 'old' });
    const steps = [
      (raw: Record<string, unknown>) => ({ ...raw, name: raw['title'] }),
      (raw: Record<string, unknown>) => ({
        ...raw,
        ...stateOf([drums], `${String(raw['name'])}er`),
        sequence: 5,
        version: 2,
      }),
    ];
    expect(parseProject(text, steps)).toMatchObject({
      older: true,
      file: { name: 'older', sequence: 5, document: { records: [drums] } },
    });
  });

  it('D23: deletes masks and stems once neither its file nor the one before names them, nor undo or redo', async () => {
    const dir = fresh();
    const hash = 'b'.repeat(64);
    const edit: EditRecord = {
      ...{ type: 'edit', id: 'edit:1', order: 0, enabled: true, kind: 'attenuate', sources: ['drums'] },
      ...{ target: null, strength: 1, mask: hash, start: 0, end: 1, low: 0, high: 1 },
    };
    const gone = stepOf({ added: {}, updated: {}, removed: { [edit.id]: edit } });
    const folder = ProjectFolder.create(dir, stateOf([edit]));
    mkdirSync(at(dir, 'blobs'));
    writeFileSync(join(dir, 'blobs', hash), 'mask');
    mkdirSync(join(dir, 'stems', 'c'.repeat(32)), { recursive: true });
    const marks = { done: [gone], undone: [] } as unknown as StepMarks;
    for (const history of [marks, marks, { done: [], undone: marks.done }, noMarks]) {
      folder.save(stateOf([], 'song', history));
      expect(existsSync(join(dir, 'blobs', hash))).toBe(true);
    }
    expect(readdirSync(join(dir, 'stems'))).toEqual([]);
    folder.save(stateOf([]));
    expect(readdirSync(join(dir, 'blobs'))).toEqual([]);
    await folder.dispose();
  });

  it('says what is missing where there is no project', () => {
    expect(() => ProjectFolder.open(fresh())).toThrow(expect.objectContaining({ code: 'file-not-found' }));
  });
});
