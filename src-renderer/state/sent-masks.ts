import { sendMask } from '../api/data.js';
import { UnansweredError } from '../api/transport.js';

/** Bytes of masks that are held; what a person paints while the disk is full has a few KiB a stroke. */
const mostBytes = 64 * 2 ** 20;

type MaskBytes = Uint8Array<ArrayBuffer>;

/** The hash by which the engine knows a mask: SHA-256, in lower-case hex. */
async function hashOf(mask: MaskBytes): Promise<string> {
  const hash = new Uint8Array(await crypto.subtle.digest('SHA-256', mask));
  return Array.from(hash, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/**
 * The masks that this page has sent, the oldest first: a host that was killed before it kept the change that needs one
 * does not have it any more. Those that no host has answered for wait until one does.
 */
export class SentMasks {
  private readonly masks = new Map<string, MaskBytes>();
  private readonly waiting = new Set<string>();
  private bytes = 0;

  constructor(private readonly deliver = sendMask) {}

  /** Sends a mask; its hash. Rejects with typed errors. */
  async send(session: string, mask: MaskBytes): Promise<string> {
    const hash = await this.deliver(session, mask);
    this.hold(hash, mask);
    return hash;
  }

  /** The same, for a change that is made now and kept once the host is back: without an answer the mask waits for it. */
  async sendOrHold(session: string, mask: MaskBytes): Promise<string> {
    try {
      return await this.send(session, mask);
    } catch (error) {
      if (!(error instanceof UnansweredError)) throw error;
      const hash = await hashOf(mask);
      this.hold(hash, mask);
      this.waiting.add(hash);
      return hash;
    }
  }

  /** Sends what no host has answered for. Rejects with typed errors. */
  async sendWaiting(session: string): Promise<void> {
    for (const hash of this.waiting) {
      await this.deliver(session, this.masks.get(hash)!);
      this.waiting.delete(hash);
    }
  }

  private hold(hash: string, mask: MaskBytes): void {
    if (!this.masks.has(hash)) this.bytes += mask.length;
    this.masks.set(hash, mask);
    for (const [oldest, { length }] of this.masks) {
      if (this.bytes <= mostBytes || oldest === hash) break;
      if (this.waiting.has(oldest)) continue;
      this.masks.delete(oldest);
      this.bytes -= length;
    }
  }

  /** Sends all of them to another session of the song. Rejects with typed errors. */
  async sendAll(session: string): Promise<void> {
    for (const mask of this.masks.values()) await this.deliver(session, mask);
    this.waiting.clear();
  }
}
