// Changes and saves a project until it is killed; says each state once it is durable. With a number, the n-th file
// operation after the start kills the process.
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
const { newTrack } = await import(`${out}common/document/records.js`);

const { folder } = ProjectFolder.open(dir);
const track = newTrack('drums', 0);
let [now] = folder.file.document.records;
if (at !== undefined) left = Number(at);
for (let order = now.order + 1; order < now.order + 1e9; order++) {
  const next = { ...track, order };
  folder.append({ added: {}, updated: { [track.id]: [now, next] }, removed: {} });
  now = next;
  if (order % 5 === 0) {
    folder.save({ ...folder.file, savedAt: order });
  }
  // Not by the counted operation: this is the test's, not the project's.
  fs.appendFileSync(report, `${order}\n`);
}
