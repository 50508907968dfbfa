import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { EditReport, SessionInfo } from '../../src-main/common/contract/session.js';
import type { SentMasks } from './sent-masks.js';
import type { EditPort } from './stem-edits.svelte.js';

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
    sendMask: (mask) => masks.send(session, mask),
    apply: (edits, job) =>
      client.editSession({
        job,
        session,
        edits: edits.map((edit) => ({ ...edit, sources: [...edit.sources] })),
      }),
    adopt,
  };
}
