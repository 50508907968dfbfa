import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import fc from '../../../../support/fc.js';
import { expect, it } from 'vitest';
import { newTrack, recordSchema, type TrackRecord } from '../../../../../src-main/common/document/records.js';
import { ProjectFolder } from '../../../../../src-main/node/project/folder/project-folder.js';
import { UnkeptChanges, type Append } from '../../../../../src-renderer/state/unkept-changes.js';
import { testFolder } from '../../../../cli/support/run.js';
import { actions, live, plain } from '../../../common/document/lives.js';
import { stateOf } from './projects.js';

const root = testFolder();
const drums = recordSchema.parse(newTrack('drums', 0)) as TrackRecord;

/** What becomes of a request: it is done, never comes, or is done and its answer is lost. */
const fate = fc.constantFrom('done', 'never', 'silent' as const);
const work = fc.record({
  what: fc.constantFrom('send', 'send', 'save', 'nothing' as const),
  fates: fc.array(fate, { minLength: 3, maxLength: 3 }),
  /** The host is killed, or ends, and is started again. */
  ends: fc.constantFrom(null, 'killed', 'closed' as const),
});

it('S15: a project gets each change of a page once, whichever requests and answers are lost on the way', async () => {
  await fc.assert(
    fc.asyncProperty(actions, fc.array(work, { minLength: 1, maxLength: 25 }), async (sequence, works) => {
      const { changes, states, start } = live(sequence, [drums]);
      const dir = mkdtempSync(join(root, 'p-'));
      let folder = ProjectFolder.create(dir, stateOf([drums]));
      const unkept = new UnkeptChanges(() => undefined);
      const shown = (): (typeof states)[number] => states[done - 1] ?? start;
      let [done, fates] = [0, [] as string[]];
      const onTheWay = <T>(request: () => T): Promise<T> => {
        const happens = fates.shift() ?? 'done';
        const answer = happens === 'never' ? undefined : request();
        return happens === 'done' ? Promise.resolve(answer!) : Promise.reject(new Error('no answer'));
      };
      const append: Append = (sent, after) =>
        onTheWay(() => {
          if (!folder.has(sent, after)) folder.append(sent);
          return { sequence: folder.last };
        });
      const store = (since: number): Promise<{ sequence: number }> =>
        onTheWay(() => {
          const { records, marks } = shown();
          folder.save(folder.rebased(stateOf(records.values(), 'song', marks), since));
          return { sequence: folder.last };
        });
      const bring = async (what: string): Promise<void> => {
        // As the page does: after a save of which nothing is known only another save helps.
        if (what === 'save' || (what === 'send' && unkept.unsure)) await unkept.save(append, store);
        else if (what === 'send') await unkept.send(append);
      };
      for (const change of changes) {
        unkept.add(change);
        done++;
        const next = works[done % works.length];
        fates = [...next.fates];
        await bring(next.what).catch((error: Error) => expect(error.message).toBe('no answer'));
        if (next.ends === null) continue;
        if (next.ends === 'closed') folder.fold();
        await folder.dispose();
        folder = ProjectFolder.open(dir).folder;
      }
      fates = [];
      await bring('send');
      const { document, history } = folder.file;
      const records = new Map(document.records.map((record) => [record.id, record]));
      expect(plain({ records, marks: history })).toEqual(plain(shown()));
      await folder.dispose();
    }),
    { numRuns: 60 },
  );
});
