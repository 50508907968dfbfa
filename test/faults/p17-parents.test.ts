import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { testFolder } from '../cli/support/run.js';

const dir = testFolder();
const parentChannel = new URL('../../out/node/process/parent.js', import.meta.url).href;

/** A helper that says its number and is then busy for ever in a call that never returns, as in native code. */
const helper = join(dir, 'helper.mjs');
writeFileSync(
  helper,
  `import { parentChannel } from ${JSON.stringify(parentChannel)};
   parentChannel().send(process.pid);
   setTimeout(() => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0), 200);`,
);
const parent = join(dir, 'parent.mjs');
writeFileSync(
  parent,
  `import { fork } from 'node:child_process';
   const child = fork(${JSON.stringify(helper)}, { stdio: 'ignore' });
   child.on('message', (pid) => console.log(pid));
   setInterval(() => {}, 1000);`,
);

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

it.each(['SIGKILL', 'SIGTERM', 'SIGINT'] as const)(
  'P1, P17 a helper that hears nothing ends with a parent that dies by %s',
  async (signal) => {
    const running = spawn(process.execPath, [parent], { stdio: ['ignore', 'pipe', 'inherit'] });
    const pid = await new Promise<number>((resolve) =>
      running.stdout.once('data', (data: Buffer) => resolve(Number(data.toString()))),
    );
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(lives(pid)).toBe(true);
    running.kill(signal);
    const died = performance.now();
    while (lives(pid) && performance.now() - died < 20_000)
      await new Promise((resolve) => setTimeout(resolve, 50));
    expect(lives(pid)).toBe(false);
  },
);
