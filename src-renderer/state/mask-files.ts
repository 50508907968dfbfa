import type { KeptDrawn, KeptMask } from '../../src-main/common/contract/drawn.js';
import { maskFilesOf } from '../../src-main/common/contract/drawn.js';
import { TileMask } from '../../src-main/common/separation/edits/tile-mask.js';
import { fetchMask, sendMask } from '../api/data.js';
import type { PackedDrawn } from './kept-drawing.js';
import { filesOf } from './mask-forms.js';

/** A drawn mask that the host has: its hash, and the session that it was sent to or came from. */
interface Known {
  readonly session: string;
  readonly hash: string;
}

/** The drawn masks that are files of the project, each sent once to each session. */
export class MaskFiles {
  private readonly known = new WeakMap<TileMask, Known>();

  constructor(
    private readonly deliver = sendMask,
    private readonly take = fetchMask,
  ) {}

  /** What is drawn, its masks sent. Rejects with typed errors. */
  async send<T extends Pick<PackedDrawn, 'masks'>>(
    session: string,
    drawn: T,
  ): Promise<Omit<T, 'masks'> & Pick<KeptDrawn, 'masks'>> {
    for (const mask of drawn.masks.flatMap(filesOf)) {
      if (this.known.get(mask)?.session === session) continue;
      // An empty tile counts nothing, and its bytes are the host's hash.
      const hash = await this.deliver(session, new Uint8Array(mask.encode()));
      this.known.set(mask, { session, hash });
    }
    return this.named(drawn)!;
  }

  /** What is drawn with its masks by their hashes; null as long as one was never sent. */
  named<T extends Pick<PackedDrawn, 'masks'>>(
    drawn: T,
  ): (Omit<T, 'masks'> & Pick<KeptDrawn, 'masks'>) | null {
    const isKnown = (mask: TileMask): boolean => this.known.has(mask);
    if (!drawn.masks.flatMap(filesOf).every(isKnown)) return null;
    const fileOf = (mask: TileMask): { blob: string } => ({ blob: this.known.get(mask)!.hash });
    const masks = drawn.masks.map((form): KeptMask => {
      if (typeof form === 'string') return form;
      if (!('base' in form)) return fileOf(form);
      const { base, patch } = form;
      return { ...fileOf(base), patch: typeof patch === 'string' ? patch : fileOf(patch) };
    });
    return { ...drawn, masks };
  }

  /** The masks that what was kept names. Rejects with typed errors, `invalid-argument` for one that is not there. */
  async fetch(session: string, kept: KeptDrawn): Promise<ReadonlyMap<string, TileMask>> {
    const masks = new Map<string, TileMask>();
    for (const hash of new Set(maskFilesOf(kept))) {
      const mask = TileMask.decode(await this.take(session, hash));
      this.known.set(mask, { session, hash });
      masks.set(hash, mask);
    }
    return masks;
  }
}
