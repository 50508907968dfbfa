import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** A Python process that times the same work with other libraries. */
export interface Reference {
  /** What is installed, or why nothing can be timed. */
  readonly description: string;
  readonly available: boolean;
  /** Seconds of one run of the job. */
  time(job: object): Promise<number>;
  close(): void;
}

/** Starts `script` (beside this file); a Python without its libraries gives an unavailable reference. */
export async function startReference(script: string, python = '/usr/bin/python3'): Promise<Reference> {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(python, [path], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' },
  });
  const failed = new Promise<string>((resolve) => child.on('error', (error) => resolve(error.message)));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const next = async (): Promise<Record<string, unknown>> => {
    const line = await Promise.race([
      lines.next().then((r) => (r.done ? '' : r.value)),
      failed.then(() => ''),
    ]);
    return line ? (JSON.parse(line) as Record<string, unknown>) : { missing: 'no answer from Python' };
  };
  const hello = await next();
  const available = !('missing' in hello);
  return {
    description: available
      ? Object.entries(hello)
          .map(([name, version]) => `${name} ${String(version)}`)
          .join(', ')
      : `not available: ${String(hello.missing)}`,
    available,
    async time(job) {
      child.stdin.write(`${JSON.stringify(job)}\n`);
      return Number((await next()).seconds);
    },
    close: () => void child.kill(),
  };
}
