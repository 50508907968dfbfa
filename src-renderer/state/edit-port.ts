import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { CommandInput } from '../../src-main/common/contract/commands.js';
import type { EditReport, SessionInfo, StemEdit } from '../../src-main/common/contract/session.js';
import type { SentMasks } from './sent-masks.js';

/** What the edits need of the song they belong to. */
export interface EditPort {
  readonly sampleRate: number;
  /** Without an answer the mask is held, and is sent before the next `apply`. */
  sendMask(mask: Uint8Array<ArrayBuffer>): Promise<string>;
  apply(edits: readonly StemEdit[], job: string): Promise<EditReport>;
  cancel(job: string): void;
  adopt(report: EditReport): void;
}

/** Edits as a command takes them. */
export function sentEdits(edits: readonly StemEdit[]): CommandInput<'editSession'>['edits'] {
  return edits.map((edit) => ({ ...edit, sources: [...edit.sources] }));
}

/** The engine's side of the edits of one session. */
export function editPort(
  client: EngineClient,
  { session, sampleRate }: SessionInfo,
  masks: SentMasks,
  adopt: (report: EditReport) => void,
): EditPort {
  return {
    cancel: (job) => void client.cancel({ job }).catch(() => undefined),
    sampleRate,
    sendMask: (mask) => masks.sendOrHold(session, mask),
    apply: async (edits, job) => {
      await masks.sendWaiting(session);
      return client.editSession({ job, session, edits: sentEdits(edits) });
    },
    adopt,
  };
}
