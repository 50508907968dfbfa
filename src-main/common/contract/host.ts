import { z } from 'zod';
import { languageIds } from './languages.js';
import type { SessionInfo } from './session.js';

/** What this host can do that others cannot. */
export interface HostInfo {
  readonly kind: 'electron' | 'web' | 'library';
  readonly version: string;
  /** Dialogs of the system, for files and folders; without them a page uploads and downloads. */
  readonly nativeDialogs: boolean;
  /** Names this start of the host: another one has no songs open. */
  readonly run: string;
}

/** A file on the main side, by an opaque handle: the page never learns its path. */
export interface OpenableFile {
  readonly handle: string;
  readonly name: string;
}

export interface RecentFile extends OpenableFile {
  /** Milliseconds since 1970. */
  readonly openedAt: number;
}

/** What menus can ask of the page; each is one of its keyboard commands. */
export const pageCommands = [
  'open',
  'openDemo',
  'openProject',
  'save',
  'saveAs',
  'export',
  'collect',
  'undo',
  'redo',
  'selectFrom',
  'selectTo',
  'selectNothing',
  'mute',
  'muteHere',
  'solo',
  'waveform',
  'rename',
  'trackAbove',
  'trackBelow',
  'moveUp',
  'moveDown',
  'play',
  'toStart',
  'toEnd',
  'back',
  'forward',
  'loop',
  'compare',
  'zoomIn',
  'zoomOut',
  'fit',
  'panel',
  'theme',
  'language',
  'pageEditor',
  'pageBatch',
  'pageModels',
  'pageSettings',
  'pageDiagnostics',
  'pageLab',
  'palette',
  'shortcuts',
] as const;
export type PageCommand = (typeof pageCommands)[number];

/**
 * What a host tells its page: a menu was used, or files wait to be opened (from the system's file manager or a
 * second start); `takeOpened` gives those.
 */
export type HostEvent =
  { readonly host: 'menu'; readonly command: PageCommand } | { readonly host: 'opened' };

/** What menus show of the page: its language, whether a song is open, and the names of the next undo and redo. */
export const menuStateSchema = z.strictObject({
  language: z.enum(languageIds),
  song: z.boolean(),
  undo: z.string().max(200).nullable(),
  redo: z.string().max(200).nullable(),
});
export type MenuState = z.output<typeof menuStateSchema>;

const handle = z.string().regex(/^[0-9a-f]{32}$/);

/** The commands about the host and about files on this machine. */
export const hostCommandSchemas = {
  hostInfo: z.strictObject({}),
  /** Asks for songs with the system's dialog; no file when the person cancels. */
  chooseSource: z.strictObject({}),
  /** Asks for a folder to write to; null when the person cancels. */
  chooseFolder: z.strictObject({}),
  /** Opens a file by the handle that a dialog, a drop or the list of recent files gave. */
  openHandle: z.strictObject({ handle }),
  /** Files that were given to the program from outside; each is handed out once. */
  takeOpened: z.strictObject({}),
  /** Copies finished exports into a chosen folder, in the folders of their template; a name that is taken gets a number. */
  saveDownloads: z.strictObject({ downloads: z.array(handle).min(1).max(1000), folder: handle }),
  /**
   * Finished files as one zip, made as it is fetched from `/download/{download}`: in the folders that their template names;
   * files of one name get numbers.
   */
  packDownloads: z.strictObject({
    downloads: z.array(handle).min(1).max(10_000),
    name: z.string().min(1).max(200),
  }),
  showInFolder: z.strictObject({ handle }),
  /** A drag of finished files that began in the page goes on outside of the window: sent while the button is held. */
  dragDownloads: z.strictObject({ downloads: z.array(handle).min(1).max(1000) }),
  recentFiles: z.strictObject({}),
  /** Takes one file off the list, or all of them. */
  forgetRecent: z.strictObject({ handle: handle.optional() }),
  menuState: menuStateSchema,
} as const;

export interface HostCommandResults {
  hostInfo: HostInfo;
  chooseSource: { readonly files: readonly OpenableFile[] };
  chooseFolder: { readonly folder: OpenableFile | null };
  openHandle: SessionInfo;
  takeOpened: { readonly files: readonly OpenableFile[] };
  saveDownloads: { readonly files: readonly OpenableFile[] };
  packDownloads: { readonly download: string };
  showInFolder: null;
  dragDownloads: null;
  /** The newest first. */
  recentFiles: { readonly files: readonly RecentFile[] };
  forgetRecent: null;
  menuState: null;
}
