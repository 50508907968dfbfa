import { closeSync, lstatSync, openSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve, sep } from 'node:path';
import { UnbraidError, toUnbraidError } from '../../../common/base/errors.js';
import type { BatchReport } from '../../../common/contract/commands.js';
import { pathFault } from '../../../common/contract/path.js';
import { isAudioName } from '../../../common/jobs/audio-names.js';
import { writeAtomically } from '../../../node/files/atomic-file.js';
import { readAll } from '../../../node/files/bytes.js';
import { makeFolder } from '../../../node/files/make-folder.js';
import { isRemote, s3Object } from '../../../node/remote/s3-address.js';

/** Where the report of a batch goes. */
export interface ReportTarget {
  /**
   * Whether a report may be written here, before any work is done (P8): an earlier report is replaced, anything else
   * only with `overwrite`, and a song never.
   *
   * @throws UnbraidError `output-exists`, `invalid-argument`, or what the system or the storage says
   */
  check(overwrite: boolean): Promise<void>;
  write(report: BatchReport): Promise<void>;
}

/** The named file, or one in the output folder; undefined for outputs in storage when no file is named. */
export async function reportTarget(
  named: string | undefined,
  output: string,
  usual: string,
  signal: AbortSignal,
): Promise<ReportTarget | undefined> {
  if (named === undefined && isRemote(output)) return undefined;
  const file = named ?? join(output, usual);
  if (isRemote(file)) return remoteReport(file, signal);
  const fault = pathFault(file);
  if (fault !== undefined)
    throw new UnbraidError('invalid-argument', `The report cannot go there: ${fault}`, { file });
  // The output folder is made by the run.
  const madeByRun = !isRemote(output) && resolve(file).startsWith(resolve(output) + sep);
  return Promise.resolve({
    check: async (overwrite) => Promise.resolve(checkReportFile(file, overwrite, madeByRun)),
    write: async (report) => Promise.resolve(writeReport(file, report)),
  });
}

/** Throws `invalid-argument` for a report whose name is that of a song. */
function checkName(name: string, file: string): void {
  if (isAudioName(name))
    throw new UnbraidError(
      'invalid-argument',
      'The report would look like a song: its name has the ending of an audio file',
      { file, hint: 'Choose a name that ends in .json.' },
    );
}

function replaces(file: string): UnbraidError {
  return new UnbraidError(
    'output-exists',
    'The report would replace a file that is not a report of Unbraid',
    {
      file,
      hint: 'Choose another file for --report, or use --overwrite.',
    },
  );
}

async function remoteReport(address: string, signal: AbortSignal): Promise<ReportTarget> {
  const { place, name } = s3Object(address);
  const { S3Store } = await import('../../../node/remote/s3.js');
  const storing = async (work: (store: InstanceType<typeof S3Store>) => Promise<void>): Promise<void> => {
    const store = new S3Store();
    try {
      await work(store);
    } finally {
      store.dispose();
    }
  };
  return {
    check: (overwrite) =>
      storing(async (store) => {
        checkName(name, address);
        const there = await store.read(place, name, signal);
        if (there !== undefined && !overwrite && !isReport(there)) throw replaces(address);
      }),
    // A batch that was stopped has a report too.
    write: (report) =>
      storing((store) => store.write(place, name, textOf(report), new AbortController().signal)),
  };
}

/** Bytes of an earlier report that are looked at. */
const reportHead = 256;

function checkReportFile(file: string, overwrite: boolean, madeByRun: boolean): void {
  const there = lstatSync(file, { throwIfNoEntry: false });
  const folder = dirname(resolve(file));
  if (!madeByRun && !statSync(folder, { throwIfNoEntry: false })?.isDirectory())
    throw new UnbraidError('file-not-found', 'The folder of the report does not exist', {
      file: folder,
      hint: 'Make it first, or choose another file for --report.',
    });
  checkName(basename(file), file);
  if (!there) return;
  if (!there.isFile())
    throw new UnbraidError('invalid-argument', 'The report cannot go there: this is not a regular file', {
      file,
    });
  if (!overwrite && !isReport(headOf(file))) throw replaces(file);
}

function isReport(text: string): boolean {
  return /^\{\s*"items": \[/.test(text);
}

function headOf(file: string): string {
  const head = Buffer.alloc(reportHead);
  const fd = openSync(file, 'r');
  try {
    return head.subarray(0, readAll(fd, head, 0)).toString('utf8');
  } catch (error) {
    throw toUnbraidError(error, file);
  } finally {
    closeSync(fd);
  }
}

function textOf(report: BatchReport): string {
  return `${JSON.stringify(report, null, 2)}\n`;
}

function writeReport(file: string, report: BatchReport): void {
  try {
    // A run that made nothing leaves no output folder.
    makeFolder(dirname(resolve(file)));
    writeAtomically(file, textOf(report));
  } catch (error) {
    throw toUnbraidError(error, file);
  }
}
