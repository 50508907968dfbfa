import { cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { recordSchema, type DocumentRecord } from '../../../../../src-main/common/document/records.js';
import { ProjectFolder } from '../../../../../src-main/node/project/folder/project-folder.js';
import { testFolder } from '../../../../cli/support/run.js';
import { stepOf } from './projects.js';

// A folder as version 1 wrote it: a file and the one before, three changes without names, and a mask.
const stored = fileURLToPath(new URL('../../../../fixtures/projects/version-1', import.meta.url));
const root = testFolder();
let copies = 0;

function copy(): string {
  const dir = join(root, `copy-${copies++}`);
  cpSync(stored, dir, { recursive: true });
  return dir;
}

const text = (dir: string, name: string): string => readFileSync(join(dir, name), 'utf8');
const versionOf = (dir: string, name: string): unknown =>
  (JSON.parse(text(dir, name)) as { version: unknown }).version;

/** What its file and its journal say, read without the program. */
function expected(): DocumentRecord[] {
  const file = JSON.parse(text(stored, 'project.json')) as { document: { records: DocumentRecord[] } };
  const records = new Map(file.document.records.map((record) => [record.id, record]));
  for (const line of text(stored, 'journal.ndjson').trim().split('\n')) {
    const { entry } = JSON.parse(line) as {
      entry: { diff: Parameters<typeof stepOf>[0] };
    };
    for (const record of Object.values(entry.diff.added)) records.set(record.id, record);
    for (const [, to] of Object.values(entry.diff.updated)) records.set(to.id, to);
  }
  return [...records.values()].map((record) => recordSchema.parse(record));
}

it('D24: a project of version 1 opens with its journal and loses nothing; it has no history', async () => {
  const dir = copy();
  const { folder, recovery } = ProjectFolder.open(dir);
  expect(recovery).toEqual({ applied: 3, lost: 0, previous: false });
  const { file } = folder;
  expect(file.document.records).toEqual(expected());
  expect(file.document.records.map(({ id }) => id)).toEqual([
    ...['track:harmonic', 'track:percussive', 'automation:1', 'edit:1'],
  ]);
  expect(file).toMatchObject({ name: 'song', savedAt: 2000, history: { done: [], undone: [] }, version: 2 });
  await folder.dispose();
  // Looked at only, it is as it was.
  for (const name of ['project.json', 'project.previous.json', 'journal.ndjson'])
    expect(text(dir, name)).toBe(text(stored, name));
});

it('D24: what is done in it goes on as in any other, and an older program never meets lines it cannot read', async () => {
  const dir = copy();
  const { folder } = ProjectFolder.open(dir);
  const records = expected();
  const edit = records.find(({ type }) => type === 'edit')!;
  folder.append([stepOf({ added: {}, updated: {}, removed: { [edit.id]: edit } }, 'step.edit.remove')]);
  expect(versionOf(dir, 'project.json')).toBe(2);
  expect(versionOf(dir, 'project.previous.json')).toBe(1);
  for (const kind of ['undo', 'redo'] as const) folder.append([{ kind }]);
  // Only the first change needs a new file.
  expect(text(dir, 'journal.ndjson').trim().split('\n')).toHaveLength(3);
  expect(versionOf(dir, 'project.previous.json')).toBe(1);
  await folder.dispose();
  const { folder: again, recovery } = ProjectFolder.open(dir);
  expect(recovery).toEqual({ applied: 3, lost: 0, previous: false });
  expect(again.file.document.records).toEqual(records.filter(({ id }) => id !== edit.id));
  expect(again.file.history.done.map(({ name }) => name)).toEqual([{ text: 'step.edit.remove' }]);
  again.append([{ kind: 'undo' }]);
  again.fold();
  again.save(again.file);
  expect(again.file.document.records).toEqual(records);
  expect(readdirSync(join(dir, 'blobs'))).toEqual(readdirSync(join(stored, 'blobs')));
  await again.dispose();
});

it('D24: the mask of the first change in it stays, which is there before the change', async () => {
  const dir = copy();
  const { folder } = ProjectFolder.open(dir);
  const records = expected();
  const edit = records.find((record) => record.type === 'edit')!;
  const added: DocumentRecord = { ...edit, id: 'edit:2', mask: 'c'.repeat(64) };
  writeFileSync(join(dir, 'blobs', added.mask), 'mask');
  folder.append([stepOf({ added: { [added.id]: added }, updated: {}, removed: {} }, 'step.edit.move')]);
  expect(versionOf(dir, 'project.json')).toBe(2);
  expect(readdirSync(join(dir, 'blobs')).sort()).toEqual([edit.mask, added.mask].sort());
  await folder.dispose();
});

it('D24: lines without names clear what could be redone, and take with them what does not fit any more', async () => {
  const dir = copy();
  const { folder } = ProjectFolder.open(dir);
  const [harmonic, percussive] = folder.file.document.records;
  const step = (record: DocumentRecord, name: string): ReturnType<typeof stepOf> =>
    stepOf(
      { added: {}, updated: { [record.id]: [record, { ...record, name }] }, removed: {} } as never,
      name,
    );
  await folder.dispose();
  // A file with a history, and behind it a journal that has none.
  const raw = JSON.parse(text(dir, 'project.json')) as { document: { records: DocumentRecord[] } };
  const [saved, unmuted] = raw.document.records;
  const named = { ...saved, name: 'step.newer' } as DocumentRecord;
  const steps = [
    step({ ...unmuted, name: 'x' } as never, 'step.older'),
    step(saved, 'step.newer'),
    step(named, 'step.again'),
  ];
  const marks = steps.map((change) => ({
    name: { text: 'step.x' },
    diff: (change as { diff: unknown }).diff,
  }));
  const records = raw.document.records.with(0, { ...harmonic, name: 'step.newer' } as DocumentRecord);
  const document = { ...raw.document, version: 2, records };
  const history = { done: marks.slice(0, 2), undone: [marks[2]] };
  writeFileSync(join(dir, 'project.json'), JSON.stringify({ ...raw, version: 2, document, history }));
  const { folder: again } = ProjectFolder.open(dir);
  expect(again.file.document.records[1]).toEqual(percussive);
  expect(again.file.history).toEqual({ done: [marks[1]], undone: [] });
  again.append([{ kind: 'undo' }]);
  expect(again.file.document.records[0]).toEqual(harmonic);
  await again.dispose();
  expect(existsSync(join(dir, 'lock'))).toBe(false);
});
