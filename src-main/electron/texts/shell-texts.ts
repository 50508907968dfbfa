import type { PageCommand } from '../../common/contract/host.js';
/** How a job of some length ended, for the system's notification. */
export type JobOutcome = 'done' | 'failed';
type UpdateText =
  'now' | 'atStart' | 'newest' | 'found' | 'download' | 'later' | 'ready' | 'restart' | 'whenQuit' | 'failed';
type MenuName =
  'file' | 'edit' | 'tracks' | 'playback' | 'view' | 'help' | 'recent' | 'clearRecent' | 'noRecent';

/** Every text of the shell itself; the page has its own. */
export interface ShellTexts {
  readonly commands: Readonly<Record<PageCommand, string>>;
  readonly menus: Readonly<Record<MenuName, string>>;
  readonly jobs: Readonly<Record<JobOutcome, string>>;
  /** `found` has a place for the version: `{version}`. */
  readonly updates: Readonly<Record<UpdateText, string>>;
  readonly songs: string;
  readonly allFiles: string;
}
