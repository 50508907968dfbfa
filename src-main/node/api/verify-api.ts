import { resolve } from 'node:path';
import { z } from 'zod';
import type { Endpoints } from '../../common/contract/commands.js';
import { sidecarSchema } from '../../common/jobs/sidecar.js';
import { verifyFolder } from '../jobs/verify-folder.js';
import type { ProcessSpawner } from '../process/spawner.js';

type WithJob = <T>(job: string, work: (signal: AbortSignal) => Promise<T>) => Promise<T>;

/** Sidecars: what they look like, and whether what they say of stems is still true. */
export function verifyEndpoints(
  spawner: ProcessSpawner,
  withJob: WithJob,
): Pick<Endpoints, 'verify' | 'sidecarSchema'> {
  return {
    verify: ({ job, folder, source }) =>
      withJob(job, (signal) => {
        const from = source === undefined ? {} : { source: resolve(source) };
        return verifyFolder(resolve(folder), { spawner, signal, ...from });
      }),
    sidecarSchema: () => Promise.resolve(z.toJSONSchema(sidecarSchema, { io: 'input' })),
  };
}
