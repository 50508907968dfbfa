import type { Interrupted } from '../../common/contract/project.js';
import type { Session } from '../session/session.js';

/** Keeps what becomes of separations in the projects of their songs. */
export interface SeparationKeeper {
  begun(session: string, separation: Interrupted): void;
  /** Called when it is over for any reason but the end of the program; with the stems it made, if it did, and those before. */
  ended(session: Session, made: { readonly from: string | null; readonly to: string } | null): Promise<void>;
  /** Other stems are in use, or some were deleted. */
  changed(session: Session): Promise<void>;
  /** The page that had the song is gone: what it has not made a step of becomes one. */
  left(session: Session): Promise<void>;
}
