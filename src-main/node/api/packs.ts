import { newHandle } from '../files/handle.js';

/** Files that are fetched as one zip, by their download handles. */
export interface Pack {
  readonly name: string;
  readonly downloads: readonly string[];
}

/** Zips that can be fetched at a time: each is fetched at once, and of very many the first is forgotten. */
const mostPacks = 100;

/** The zips that pages have asked for; they are made as they are fetched. */
export class Packs {
  private readonly packs = new Map<string, Pack>();

  /** A handle to fetch it by. */
  add(pack: Pack): string {
    const handle = newHandle();
    this.packs.set(handle, pack);
    const [oldest] = this.packs.keys();
    if (this.packs.size > mostPacks) this.packs.delete(oldest);
    return handle;
  }

  get(handle: string): Pack | undefined {
    return this.packs.get(handle);
  }
}
