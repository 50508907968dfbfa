// Changes and saves a project until it is killed; says each state once it is durable: n steps that can be undone, and
// one that can be done again. With a number, the n-th file operation after the start kills the process.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';

const [dir, at] = process.argv.slice(2);

let left = Infinity;
const operations = [
  'openSync',
  'writeSync',
  'fsyncSync',
  'fdatasyncSync',
  'renameSync',
  'ftruncateSync',
  'closeSync',
];
for (const name of operations) {
  const original = fs[name];
  fs[name] = (...args) => {
    // Half of a write arrives.
    if (--left === 0 && name === 'writeSync') original(args[0], args[1].subarray(0, args[1].length >> 1));
    if (left === 0) process.kill(process.pid, 'SIGKILL');
    return original(...args);
  };
}
const report = fs.openSync(`${dir}.told`, 'a');
syncBuiltinESMExports();

const out = new URL('../../../out/', import.meta.url).href;
const { ProjectFolder } = await import(`${out}node/project/folder/project-folder.js`);

const { folder } = ProjectFolder.open(dir);
const [track] = folder.file.document.records;
const step = (from, to) => ({
  ...{ kind: 'step', name: { text: `step.${to}` } },
  diff: { added: {}, updated: { [track.id]: [from, to].map((order) => ({ ...track, order })) }, removed: {} },
});
if (at !== undefined) left = Number(at);
for (let order = track.order + 1; order < track.order + 1e9; order++) {
  folder.append([step(order - 1, order), step(order, order + 0.5), { kind: 'undo' }]);
  if (order % 5 === 0) {
    folder.save({ ...folder.file, savedAt: order });
  }
  // Not by the counted operation: this is the test's, not the project's.
  fs.appendFileSync(report, `${order}\n`);
}
