import { Scope } from '../base/scope.js';

/** A song that waits on the page for the start, with the folders it came in. */
export interface ReadySong {
  readonly id: string;
  readonly name: string;
  readonly folders: readonly string[];
  readonly source: { readonly file: File } | { readonly handle: string };
}

const [base, store] = ['unbraid', 'ready'];
/** What tabs that were closed have left behind goes after a day. */
const longestMs = 24 * 3600 * 1000;

interface Kept {
  readonly at: number;
  readonly songs: readonly ReadySong[];
}

/** Where the list stands by name: written at once, so that a reload cannot come before a song that was taken out. */
const listKey = 'unbraid-ready';

function listed(): readonly string[] {
  try {
    return JSON.parse(sessionStorage.getItem(listKey) ?? '[]') as string[];
  } catch {
    return [];
  }
}

function list(songs: readonly ReadySong[]): void {
  try {
    sessionStorage.setItem(listKey, JSON.stringify(songs.map(({ id }) => id)));
  } catch {
    // Without storage the list lasts as long as the page.
  }
}

/** The name of this tab, which a reload does not change. */
function tab(): string {
  const known = sessionStorage.getItem('unbraid-tab');
  if (known !== null) return known;
  const name = crypto.randomUUID();
  sessionStorage.setItem('unbraid-tab', name);
  return name;
}

/** A request as a promise. */
function settled<T>(request: IDBRequest<T>): Promise<T> {
  const scope = new Scope();
  return new Promise<T>((resolve, reject) => {
    scope.listen(request, 'success', () => resolve(request.result));
    scope.listen(request, 'error', () => reject(request.error ?? new Error('The database failed')));
  }).finally(() => scope.dispose());
}

async function opened(): Promise<IDBDatabase> {
  const scope = new Scope();
  const request = indexedDB.open(base, 1);
  scope.listen(request, 'upgradeneeded', () => void request.result.createObjectStore(store));
  return settled(request).finally(() => scope.dispose());
}

async function within<T>(
  mode: IDBTransactionMode,
  work: (songs: IDBObjectStore) => IDBRequest<T>,
): Promise<T> {
  const database = await opened();
  try {
    return await settled(work(database.transaction(store, mode).objectStore(store)));
  } finally {
    database.close();
  }
}

/** Writes come one after the other, in the order they were asked for. */
let last: Promise<void> = Promise.resolve();

/**
 * Keeps the songs that wait for the start of a batch, files and all, so that a reload does not lose them. Resolves when they
 * are kept. What the browser has no room for is not kept, and nothing else fails by that.
 */
export function keepReady(songs: readonly ReadySong[]): Promise<void> {
  // A state of the page is a proxy, which the database does not take.
  const plain = songs.map(({ id, name, folders, source }) => ({ id, name, folders: [...folders], source }));
  list(plain);
  last = last.then(() => write({ at: Date.now(), songs: plain }));
  return last;
}

async function write(kept: Kept): Promise<void> {
  try {
    if (kept.songs.length > 0) await within('readwrite', (all) => all.put(kept, tab()));
    else await within('readwrite', (all) => all.delete(tab()));
  } catch {
    // The list lasts as long as the page then.
  }
}

/** The songs that were kept. Files that are not there any more fail when they are read, and say so. */
export function keptReady(): Promise<readonly ReadySong[]> {
  const read = readKept(listed());
  // What is added meanwhile must not replace what is being read.
  last = read.then(() => undefined);
  return read;
}

async function readKept(ids: readonly string[]): Promise<readonly ReadySong[]> {
  try {
    await dropOld();
    const kept = await within('readonly', (all) => all.get(tab()) as IDBRequest<Kept | undefined>);
    return kept?.songs.filter(({ id }) => ids.includes(id)) ?? [];
  } catch {
    return [];
  }
}

async function dropOld(): Promise<void> {
  const names = await within('readonly', (all) => all.getAllKeys());
  const all = await within('readonly', (all) => all.getAll() as IDBRequest<Kept[]>);
  for (const [i, { at }] of all.entries())
    if (Date.now() - at > longestMs) await within('readwrite', (songs) => songs.delete(names[i]));
}
