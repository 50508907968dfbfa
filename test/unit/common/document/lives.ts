import fc from 'fast-check';
import { History } from '../../../../src-main/common/document/history.js';
import type { StepChange, StepName } from '../../../../src-main/common/document/history-schema.js';
import { withChange, type MarkedRecords } from '../../../../src-main/common/document/marks.js';
import { checkOwners } from '../../../../src-main/common/document/migrations.js';
import { newTrack, type DocumentRecord } from '../../../../src-main/common/document/records.js';
import { DocumentStore } from '../../../../src-main/common/document/store.js';
import { contents, edits, perform, type Edit } from './records-of.js';

type Action =
  | { readonly do: 'step'; readonly group: readonly Edit[]; readonly gesture: string | null }
  | { readonly do: 'end' | 'undo' | 'redo' }
  | { readonly do: 'quiet'; readonly stem: string };

const step = fc.record({
  do: fc.constant('step' as const),
  group: fc.array(edits, { minLength: 1, maxLength: 3 }),
  gesture: fc.constantFrom(null, 'x', 'x', 'y'),
});

/** What may happen to a document while it is open; new stems have names that steps leave alone. */
export const actions: fc.Arbitrary<readonly Action[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: step },
    { weight: 5, arbitrary: fc.record({ do: fc.constantFrom('end' as const, 'undo', 'undo', 'redo') }) },
    {
      weight: 1,
      arbitrary: fc.record({ do: fc.constant('quiet' as const), stem: fc.constantFrom('horns', 'choir') }),
    },
  ),
  { maxLength: 25 },
);

export interface Life {
  readonly history: History<StepName>;
  readonly store: DocumentStore;
  readonly start: MarkedRecords<StepName>;
  /** What was told, change by change, and the document with its marks after each. */
  readonly changes: readonly StepChange[];
  readonly states: readonly MarkedRecords<StepName>[];
}

/** A document that has lived through actions; steps that leave automation without its track do not happen. */
export function live(sequence: readonly Action[], records: readonly DocumentRecord[]): Life {
  const store = new DocumentStore(records);
  const history = new History<StepName>(store);
  const now = (): MarkedRecords<StepName> => ({ records: store.all(), marks: history.marks });
  const start = now();
  const changes: StepChange[] = [];
  const states: MarkedRecords<StepName>[] = [];
  history.listen((change) => (changes.push(change), states.push(now())));
  sequence.forEach((action, i) => {
    if (action.do === 'quiet') history.addQuietly([newTrack(action.stem, i)]);
    else if (action.do === 'end') history.endGesture();
    else if (action.do !== 'step') history[action.do]();
    else {
      const edit: Parameters<typeof history.step>[1] = (tx) => {
        action.group.forEach((one) => perform(tx, one));
        checkOwners(store.all());
      };
      try {
        history.step({ text: `step.${i}`, stem: 'vocals' }, edit, action.gesture);
      } catch {
        // Nothing has changed.
      }
    }
  });
  return { history, store, start, changes, states };
}

/** A document with its marks as plain values: records in one order. */
export function plain({ records, marks }: MarkedRecords<StepName>): unknown {
  return JSON.parse(JSON.stringify({ records: contents(records), marks }));
}

/** Changes in groups, as they are sent: a group ends where `ends` says so, and steps of a gesture are joined in it. */
export function grouped(changes: readonly StepChange[], ends: readonly boolean[]): StepChange[][] {
  const groups: StepChange[][] = [[]];
  changes.forEach((change, i) => {
    groups.push(withChange(groups.pop()!, change));
    if (ends[i % ends.length]) groups.push([]);
  });
  return groups.filter((group) => group.length > 0);
}

export const ends = fc.array(fc.boolean(), { minLength: 1, maxLength: 7 });
