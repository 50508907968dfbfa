import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { startSettings, type Lesson, type Settings } from '../../../../src-main/common/lab/lesson.js';
import { lessonIds, lessons } from '../../../../src-main/common/lab/lessons.js';
import { notebook } from '../../../../src-main/common/lab/notebook.js';

const code = (name: string): string =>
  readFileSync(
    fileURLToPath(new URL(`../../../../src-renderer/lab/notebooks/${name}.py`, import.meta.url)),
    'utf8',
  );
const pythons = [process.env['UNBRAID_PYTHON'], 'python3', '/usr/bin/python3'].filter(
  (name) => name !== undefined,
);
const python = pythons.find(
  (name) => spawnSync(name, ['-c', 'import numpy, scipy'], { stdio: 'ignore' }).status === 0,
);
if (python === undefined) console.log('No Python with NumPy and SciPy: the Lab’s notebooks were not run.');

interface Cells {
  readonly cells: readonly { readonly cell_type: string; readonly source: readonly string[] }[];
}

/** The numbers that each notebook prints; one process runs the code cells of all of them, one notebook after the other. */
function run(notebooks: readonly string[]): Map<string, number>[] {
  const program = notebooks.flatMap((text) => {
    const { cells } = JSON.parse(text) as Cells;
    const code = cells.filter(({ cell_type }) => cell_type === 'code');
    return [...code.map(({ source }) => source.join('')), "print('next')"];
  });
  const { status, stdout, stderr } = spawnSync(python!, ['-'], {
    ...{ input: program.join('\n\n'), encoding: 'utf8' },
  });
  expect([status, stderr]).toEqual([0, '']);
  const printed = stdout.split('next\n').slice(0, notebooks.length);
  return printed.map(
    (text) => new Map([...text.matchAll(/^(\w+) = (-?[\d.]+)$/gm)].map(([, name, x]) => [name, Number(x)])),
  );
}

/** The settings of the start, the same broken, and each control at its ends. */
function variants(lesson: Lesson): Settings[] {
  const start = startSettings(lesson);
  const ends = lesson.controls.flatMap((control) => {
    const values = control.kind === 'slider' ? control.values : control.options;
    return [values[0], values[values.length - 1]].map((value) => ({ ...start, [control.key]: value }));
  });
  return [
    start,
    { ...start, broken: true },
    ...ends,
    ...ends.map((settings) => ({ ...settings, broken: true })),
  ];
}

describe.skipIf(python === undefined)('the notebook of a lesson', () => {
  it.each(lessonIds)('prints the numbers of the page to 1e-6: %s', (id) => {
    const all = variants(lessons[id]);
    const parts = { title: id, words: ['one', 'two'], tools: code('tools'), code: code(id) };
    const printed = run(all.map((settings) => notebook({ ...parts, settings })));
    for (const [i, settings] of all.entries()) {
      const { numbers } = lessons[id].run(settings);
      expect([...printed[i].keys()].sort()).toEqual(numbers.map(({ key }) => key).sort());
      for (const { key, value } of numbers) {
        const other = printed[i].get(key)!;
        const agrees = Math.abs(other - value) < 1e-6 * Math.max(1, Math.abs(value));
        expect([settings, key, agrees ? value : other]).toEqual([settings, key, value]);
      }
    }
  });
});
