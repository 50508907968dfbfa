import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { toUnbraidError } from '../../src-main/common/base/errors.js';
import { newTrack, recordSchema } from '../../src-main/common/document/records.js';
import { ProjectFolder } from '../../src-main/node/project/folder/project-folder.js';
import { listProjects } from '../../src-main/node/project/project-list.js';
import { RecentFiles } from '../../src-main/node/state/recent-files.js';
import { testFolder } from '../cli/support/run.js';
import { stateOf } from '../unit/node/project/folder/projects.js';

const root = testFolder();
let count = 0;

async function project(): Promise<string> {
  const dir = join(root, 'library', `${count++}.unbraid`);
  const folder = ProjectFolder.create(dir, stateOf([recordSchema.parse(newTrack('drums', 0))]));
  folder.save({ ...folder.file, savedAt: 1 });
  await folder.dispose();
  return dir;
}

function codeOf(dir: string): string {
  try {
    void ProjectFolder.open(dir).folder.dispose();
    return 'opened';
  } catch (error) {
    return toUnbraidError(error).code;
  }
}

/** What can stand where a file should be. */
const places: Readonly<Record<string, (path: string) => void>> = {
  'a folder': (path) => mkdirSync(path),
  'a pipe': (path) => void spawnSync('mkfifo', [path]),
};

describe.runIf(process.platform !== 'win32').each(Object.entries(places))('P24 %s', (_, put) => {
  it('in place of project.json: the state before it is opened, and what stood there is kept', async () => {
    const dir = await project();
    rmSync(join(dir, 'project.json'));
    put(join(dir, 'project.json'));
    const { folder, recovery } = ProjectFolder.open(dir);
    expect([recovery.previous, folder.file.document.records.length]).toEqual([true, 1]);
    await folder.dispose();
    expect(readdirSync(dir)).toContain('project.damaged-1.json');
  });

  it('in place of both files is a damaged project, and one of a list all the same', async () => {
    const dir = await project();
    for (const name of ['project.json', 'project.previous.json']) {
      rmSync(join(dir, name));
      put(join(dir, name));
    }
    expect(codeOf(dir)).toBe('project-damaged');
    const listed = listProjects([join(root, 'library')], new RecentFiles(join(root, 'recent.json')));
    expect(listed.map(({ dir: known }) => known)).toContain(dir);
  });

  it('in place of the journal is a damaged project, with the file named', async () => {
    const dir = await project();
    rmSync(join(dir, 'journal.ndjson'), { force: true });
    put(join(dir, 'journal.ndjson'));
    expect(codeOf(dir)).toBe('project-damaged');
    // Nothing holds it after that.
    rmSync(join(dir, 'journal.ndjson'), { recursive: true });
    expect(codeOf(dir)).toBe('opened');
  });

  it('in place of the lock does not count as a lock', async () => {
    const dir = await project();
    put(join(dir, 'lock'));
    expect(codeOf(dir)).toBe('opened');
  });
});

it.runIf(process.platform !== 'win32')(
  'P7, P24 a journal that is a link is not written to, or cut',
  async () => {
    const dir = await project();
    const [journal, victim] = [join(dir, 'journal.ndjson'), join(root, 'letters.txt')];
    writeFileSync(victim, 'mine');
    rmSync(journal, { force: true });
    symlinkSync(victim, journal);
    expect(codeOf(dir)).toBe('project-damaged');
    expect(readFileSync(victim, 'utf8')).toBe('mine');
    rmSync(journal);
    symlinkSync(join(root, 'not there'), journal);
    expect(codeOf(dir)).toBe('project-damaged');
    expect(existsSync(join(root, 'not there'))).toBe(false);
    rmSync(journal);
    expect(codeOf(dir)).toBe('opened');
  },
);

it.runIf(process.platform !== 'win32')(
  'P7, P24 what links in a project lead to is not cleaned up',
  async () => {
    const dir = await project();
    const letters = join(root, 'letters');
    mkdirSync(join(letters, 'more'), { recursive: true });
    writeFileSync(join(letters, 'one.txt'), 'mine');
    for (const name of ['blobs', 'stems']) {
      rmSync(join(dir, name), { recursive: true, force: true });
      symlinkSync(letters, join(dir, name));
    }
    const { folder } = ProjectFolder.open(dir);
    folder.save({ ...folder.file, savedAt: 2 });
    await folder.dispose();
    expect(readdirSync(letters).sort()).toEqual(['more', 'one.txt']);
  },
);

describe('P24 a list of projects that is', () => {
  it.each([
    ['damaged', '{"version": 1, "files": [{"path'],
    ['of a newer Unbraid', '{"version": 2, "files": []}'],
    ['something else', 'x'.repeat(2 << 20)],
  ])('%s is kept aside when the next project is added', async (_, text) => {
    const file = join(root, `projects-${count++}.json`);
    writeFileSync(file, text);
    const list = new RecentFiles(file);
    expect(list.list()).toEqual([]);
    expect(readFileSync(file, 'utf8')).toBe(text);
    const dir = await project();
    list.add(dir, 'one');
    list.add(dir, 'two');
    expect(list.list().map(({ name }) => name)).toEqual(['two']);
    expect(readFileSync(file.replace('.json', '.damaged-1.json'), 'utf8')).toBe(text);
    expect(existsSync(file.replace('.json', '.damaged-2.json'))).toBe(false);
  });
});
