import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { CommandInput } from '../../src-main/common/contract/commands.js';
import type { ProjectView } from '../../src-main/common/contract/project.js';
import type { PackedDrawn } from './kept-drawing.js';
import type { SongDocument } from './document.svelte.js';

/** Where a song is kept; `savedAt` in milliseconds since 1970. */
export interface SavedProject {
  readonly name: string;
  readonly savedAt: number;
  /** False as long as nobody has saved it: it lies among the program's own, and is found on the welcome page. */
  readonly named: boolean;
  /** Its handle, which another start of the program knows again. */
  readonly project: string;
}

export interface ProjectPort {
  readonly client: Pick<EngineClient, 'saveProject' | 'appendJournal' | 'collectProject'>;
  readonly session: string;
  readonly document: SongDocument;
  view(): ProjectView;
  fail(error: unknown): void;
  /** Sends masks, which another session of the song may not have. */
  sendMasks(session: string): Promise<void>;
  /** Sends what is drawn, its masks first. */
  sendDrawn(session: string, drawn: PackedDrawn): Promise<void>;
  /** It has another place from now on. */
  moved(saved: SavedProject): void;
}

export interface SaveChoice {
  readonly copy?: boolean;
  readonly unnamed?: boolean;
  readonly name?: string;
  readonly folder?: string | null;
}

/** All that a project holds of a song but its sound, as commands take it. */
export function allOf({
  document,
  view,
}: ProjectPort): Omit<CommandInput<'collectProject'>, 'job' | 'session'> {
  return { document: document.snapshot(), history: document.marks(), view: view() };
}
