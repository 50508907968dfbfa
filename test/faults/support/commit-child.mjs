// Commits two files into output folders; the n-th file operation kills the process, or fails with an error code.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { join } from 'node:path';

// With `replace`, two files of an earlier run stand there already.
const [base, fault, key, first, last, replace] = process.argv.slice(2);
const { OutputFolder } = await import(
  new URL('../../../out/node/jobs/output-folder.js', import.meta.url).href
);

let left = Infinity;
const operations = ['openSync', 'writeSync', 'fsyncSync', 'renameSync', 'linkSync', 'mkdirSync'];
const rules = { sources: [], overwrite: replace === 'replace' };
for (const name of fault === 'SIGKILL' ? [...operations, 'rmSync', 'closeSync'] : operations) {
  const original = fs[name];
  fs[name] = (...args) => {
    if (--left === 0) {
      if (fault === 'SIGKILL') process.kill(process.pid, 'SIGKILL');
      throw Object.assign(new Error(fault), { code: fault });
    }
    return original(...args);
  };
}
syncBuiltinESMExports();

for (let n = Number(first); n <= Number(last); n++) {
  const folder = new OutputFolder(join(base, `${fault}-${n}`));
  folder.open();
  if (rules.overwrite) {
    fs.mkdirSync(join(folder.root, 'song'));
    for (const name of ['one', 'two'])
      fs.writeFileSync(join(folder.root, 'song', `${name}.wav`), `before ${name}`);
  }
  const staging = folder.stagingDir();
  const files = ['one', 'two'].map((name) => ({
    staged: join(staging, name),
    target: ['song', `${name}.wav`],
  }));
  for (const { staged } of files) fs.writeFileSync(staged, `${fault} ${staged.slice(-3)} `.repeat(1000));
  let said = 'committed';
  left = n;
  try {
    folder.commit(key, files, { source: { name: 'song', sha256: '0', bytes: 1 }, result: null }, rules);
  } catch (error) {
    said = error.code;
  }
  if (left > 0) said = 'past the end';
  left = Infinity;
  folder.close();
  console.log(said);
}
