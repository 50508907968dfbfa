import { isAudioName } from '../../src-main/common/jobs/audio-names.js';

/** A file for the queue, with the folders it came in. */
export interface GivenFile {
  readonly file: File;
  readonly folders: readonly string[];
}

/** Files from a chooser; those of a chosen folder keep their folders, and only what looks like audio is taken. */
export function chosenFiles(list: Iterable<File>): GivenFile[] {
  return [...list]
    .map((file) => ({ file, folders: file.webkitRelativePath.split('/').slice(0, -1) }))
    .filter(({ file, folders }) => folders.length === 0 || isAudioName(file.name))
    .sort((a, b) => (a.file.webkitRelativePath < b.file.webkitRelativePath ? -1 : 1));
}

/** One thing that was dropped: a file, or a folder to be searched. */
export interface DroppedItem {
  /** Also there for a folder, where it only names it. */
  readonly file: File | null;
  readonly entry: FileSystemEntry | null;
}

/** What was dropped; call it while the event is handled, because the browser forgets it afterwards. */
export function droppedItems(transfer: DataTransfer): DroppedItem[] {
  return [...transfer.items]
    .filter(({ kind }) => kind === 'file')
    .map((item) => ({ file: item.getAsFile(), entry: item.webkitGetAsEntry() }));
}

/** The songs in what was dropped: folders are searched to any depth, single files are taken as they are. */
export async function songsOf({ file, entry }: DroppedItem): Promise<GivenFile[]> {
  if (entry?.isDirectory) return inFolder(entry as FileSystemDirectoryEntry, [entry.name]);
  return file ? [{ file, folders: [] }] : [];
}

async function inFolder(folder: FileSystemDirectoryEntry, folders: readonly string[]): Promise<GivenFile[]> {
  const reader = folder.createReader();
  const found: GivenFile[] = [];
  for (;;) {
    // A reader gives a folder in portions, and an empty one at the end.
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    );
    if (entries.length === 0) return found;
    for (const entry of entries.sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (entry.isDirectory && !entry.name.startsWith('.')) {
        found.push(...(await inFolder(entry as FileSystemDirectoryEntry, [...folders, entry.name])));
      } else if (entry.isFile && isAudioName(entry.name)) {
        const file = await new Promise<File>((resolve, reject) =>
          (entry as FileSystemFileEntry).file(resolve, reject),
        );
        found.push({ file, folders });
      }
    }
  }
}
