import { UnbraidError } from '../../common/base/errors.js';
import type { HostInfo, MenuState } from '../../common/contract/host.js';

/** What a desktop shell can do for the engine's commands; other hosts do nothing. */
export interface HostServices {
  readonly kind: HostInfo['kind'];
  readonly nativeDialogs: boolean;
  /** Paths of the songs a person chose; none when the dialog was cancelled. */
  chooseFiles(): Promise<readonly string[]>;
  chooseFolder(): Promise<string | null>;
  showInFolder(path: string): void;
  /** Goes on with a drag as one of these files. */
  dragFiles(paths: readonly string[]): void;
  /** Paths that were given from outside since the last call. */
  takeOpened(): readonly string[];
  menuState(state: MenuState): void;
  /** The list of recent files has changed. */
  recentChanged(): void;
}

function missing(): never {
  throw new UnbraidError('not-in-this-host', 'The browser has no dialogs of the system', {
    hint: 'Use the button on the page, or drop files on it.',
  });
}

/** A host without dialogs: a browser's, or a program that uses the engine as a library. */
export function headlessServices(kind: 'web' | 'library'): HostServices {
  return {
    kind,
    nativeDialogs: false,
    chooseFiles: () => Promise.resolve().then(missing),
    chooseFolder: () => Promise.resolve().then(missing),
    showInFolder: missing,
    dragFiles: missing,
    takeOpened: () => [],
    menuState: () => undefined,
    recentChanged: () => undefined,
  };
}
