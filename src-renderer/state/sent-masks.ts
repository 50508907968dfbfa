import { sendMask } from '../api/data.js';

/** Bytes of masks that are held; what a person paints while the disk is full has a few KiB a stroke. */
const mostBytes = 64 * 2 ** 20;

/**
 * The masks that this page has sent, the oldest first: a host that was killed before it kept the change that needs one
 * does not have it any more.
 */
export class SentMasks {
  private readonly masks = new Map<string, Uint8Array<ArrayBuffer>>();
  private bytes = 0;

  /** Sends a mask; its hash. Rejects with typed errors. */
  async send(session: string, mask: Uint8Array<ArrayBuffer>): Promise<string> {
    const hash = await sendMask(session, mask);
    if (!this.masks.has(hash)) this.bytes += mask.length;
    this.masks.set(hash, mask);
    for (const [oldest, { length }] of this.masks) {
      if (this.bytes <= mostBytes || oldest === hash) break;
      this.masks.delete(oldest);
      this.bytes -= length;
    }
    return hash;
  }

  /** Sends all of them to another session of the song. Rejects with typed errors. */
  async sendAll(session: string): Promise<void> {
    for (const mask of this.masks.values()) await sendMask(session, mask);
  }
}
