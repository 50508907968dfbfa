import type { Readable } from 'node:stream';

/** Bytes that may wait before the connection is held. */
const mostWaiting = 4 << 20;

/**
 * The bytes of an answer as they come. A stream that breaks forgets what it holds; here all that came is given out
 * before the failure, so that a connection that is cut again and again still gets on.
 */
export class Incoming implements AsyncIterable<Buffer> {
  private readonly waiting: Buffer[] = [];
  private bytes = 0;
  private over = false;
  private failure: unknown;
  private wake: () => void = () => undefined;

  constructor(private readonly stream: Readable) {
    stream.on('data', (chunk: Buffer) => {
      this.waiting.push(chunk);
      this.bytes += chunk.length;
      if (this.bytes > mostWaiting) stream.pause();
      this.wake();
    });
    const end = (failure?: unknown): void => {
      this.failure ??= failure;
      this.over = true;
      this.wake();
    };
    stream.on('end', () => end());
    stream.on('error', end);
    // After an end or an error this says nothing new.
    stream.on('close', () => end(stream.readableEnded ? undefined : new Error('The connection was closed')));
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (;;) {
      const chunk = this.waiting.shift();
      if (chunk) {
        this.bytes -= chunk.length;
        if (this.bytes <= mostWaiting) this.stream.resume();
        yield chunk;
      } else if (this.over) {
        // What a stream breaks with is an error.
        // eslint-disable-next-line @typescript-eslint/only-throw-error
        if (this.failure !== undefined) throw this.failure;
        return;
      } else {
        await new Promise<void>((resolve) => (this.wake = resolve));
      }
    }
  }

  /** Lets go of the connection. */
  dispose(): void {
    this.stream.destroy();
  }
}
