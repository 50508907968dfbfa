import type { FileBytes } from '../../files/file-bytes.js';

/** One link of an Ogg file: streams that begin together. `[start, end)` are bytes of the file. */
export interface OggLink {
  readonly start: number;
  readonly end: number;
}

/** What the pages of an Ogg file show without looking at what is in them (RFC 3533). */
export interface OggChain {
  readonly links: readonly OggLink[];
  /** Pages that are missing by the count of their numbers, and bytes between pages that belong to no page. */
  readonly lostPages: number;
  readonly junkBytes: number;
  /** Whether the last page is not all there. */
  readonly isCut: boolean;
  /** Whether the last page says that it is the last. */
  readonly hasEndMark: boolean;
  /** Where the last whole page ends. */
  readonly end: number;
}

const headBytes = 27;
/** Read ahead of the walk: one read shows the heads of many small pages. */
const window = 65536;
const begins = 2;
const ends = 4;
const continues = 1;
// Rubbish between pages is searched for the next one this far.
const searched = 2 ** 24;

/** Walks from page to page; reads the heads, and skips the contents. */
export function oggChain(file: FileBytes, from: number, to: number): OggChain {
  const walk = new PageWalk(file, from, to);
  const links: { start: number; end: number }[] = [];
  const numbers = new Map<number, number>();
  let [lostPages, junkBytes, isCut, hasEndMark, wasBegin] = [0, 0, false, false, false];
  let end = from;
  for (let page = walk.next(); page; page = walk.next()) {
    junkBytes += page.skipped;
    if (page.isCut) {
      isCut = true;
      break;
    }
    const isBegin = (page.flags & begins) !== 0;
    if (isBegin && !wasBegin) {
      links.push({ start: page.at, end: page.end });
      numbers.clear();
    }
    wasBegin = isBegin;
    const expected = numbers.get(page.serial);
    // A number that runs ahead means pages in between are gone; one that falls back is a repeated page.
    if (expected !== undefined && page.number > expected) lostPages += page.number - expected;
    numbers.set(page.serial, page.number + 1);
    end = page.end;
    hasEndMark = (page.flags & ends) !== 0;
    if (links.length === 0) links.push({ start: from, end });
    links[links.length - 1].end = end;
  }
  return { links, lostPages, junkBytes, isCut: isCut || walk.leftCut, hasEndMark, end };
}

interface Page {
  readonly at: number;
  readonly end: number;
  readonly flags: number;
  readonly serial: number;
  readonly number: number;
  readonly skipped: number;
  readonly isCut: boolean;
}

class PageWalk {
  /** Whether what is left at the end begins like a page. */
  leftCut = false;
  private bytes: Buffer = Buffer.alloc(0);
  private bytesAt = 0;

  constructor(
    private readonly file: FileBytes,
    private at: number,
    private readonly to: number,
  ) {}

  next(): Page | null {
    const found = this.seek();
    if (found === null) return null;
    const skipped = found - this.at;
    const head = this.view(found, headBytes + 255);
    if (head.length < headBytes || head.length < headBytes + head[26]) {
      this.leftCut = true;
      this.at = this.to;
      return null;
    }
    let length = headBytes + head[26];
    for (let i = 0; i < head[26]; i++) length += head[headBytes + i];
    const end = found + length;
    this.at = Math.min(end, this.to);
    return {
      ...{ at: found, end, skipped, isCut: end > this.to },
      flags: head[5] & ~continues,
      serial: head.readUInt32LE(14),
      number: head.readUInt32LE(18),
    };
  }

  /** The next place that starts like a page. */
  private seek(): number | null {
    if (this.at >= this.to) return null;
    if (this.view(this.at, 4).toString('latin1') === 'OggS') return this.at;
    const limit = Math.min(this.to, this.at + searched);
    for (let from = this.at; from < limit; from += window - 4) {
      const found = this.file.read(from, Math.min(window, this.to - from)).indexOf('OggS', 0, 'latin1');
      if (found >= 0) return from + found;
    }
    return null;
  }

  private view(at: number, length: number): Buffer {
    const wanted = Math.min(length, this.to - at);
    if (at < this.bytesAt || at + wanted > this.bytesAt + this.bytes.length) {
      this.bytes = this.file.read(at, Math.min(window, this.to - at));
      this.bytesAt = at;
    }
    return this.bytes.subarray(at - this.bytesAt, at - this.bytesAt + wanted);
  }
}
