import type { QueueEntry } from '../../src-main/common/contract/queue.js';
import { countQueue, type QueueCounts } from '../../src-main/common/jobs/queue.js';

/** The report of a batch as a file: what became of each song, without the handles of this page. */
export interface BatchReportFile {
  readonly madeAt: string;
  readonly summary: QueueCounts;
  readonly songs: readonly Readonly<Record<string, unknown>>[];
}

export function makeReport(entries: readonly QueueEntry[], at: Date): BatchReportFile {
  return {
    madeAt: at.toISOString(),
    summary: countQueue(entries.map(({ state }) => state.state)),
    songs: entries.map(({ name, folders, product, state }) => {
      const song = { source: [...folders, name].join('/'), product, state: state.state };
      if (state.state === 'failed') return { ...song, error: state.error };
      if (state.state !== 'done' && state.state !== 'skipped') return song;
      const { files, ...facts } = state.result;
      return { ...song, ...facts, files: files.map((file) => ({ name: file.name, bytes: file.bytes })) };
    }),
  };
}
