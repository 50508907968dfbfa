import type { EngineClient } from '../../common/contract/client.js';
import type { Terminal } from './terminal.js';

/** What a command needs, and how it sets its exit code. */
export interface CliContext {
  readonly engine: EngineClient;
  readonly terminal: Terminal;
  readonly signal: AbortSignal;
  readonly exit: (code: number) => void;
}

/** Exit codes: 0 all went well; 1 something failed; 2 the command line is wrong; 130 cancelled. */
export const exitCodes = { ok: 0, failed: 1, usage: 2, cancelled: 130 } as const;
