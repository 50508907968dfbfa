import { UnbraidError } from '../../src-main/common/base/errors.js';
import type { CommandAnswer } from '../../src-main/common/contract/bridge.js';
import type { Transport } from '../../src-main/common/contract/client.js';
import type { EngineEvent } from '../../src-main/common/contract/commands.js';
import { Scope } from '../base/scope.js';

/** Nothing came back: whether the engine did what it was asked is not known. */
export class UnansweredError extends UnbraidError {
  constructor(cause: unknown) {
    super('io-error', 'The engine does not answer', {
      hint: 'Check that Unbraid is still running; this page then carries on by itself.',
      cause,
    });
  }
}

/** Reads an answer of the engine; throws its typed error. */
export async function readAnswer(response: Response): Promise<unknown> {
  const answer = (await response.json().catch(() => undefined)) as CommandAnswer | undefined;
  if (answer === undefined || typeof answer !== 'object' || !('ok' in answer)) {
    throw new UnbraidError('io-error', `The engine answered with status ${response.status}`, {
      hint: 'Open the address that Unbraid printed when it started.',
    });
  }
  if (!answer.ok) throw UnbraidError.fromWire(answer.error);
  return answer.value;
}

/** Called when a request did not come through. */
let onUnanswered = (): void => undefined;

/** `fetch` whose network failures are typed errors; an abort is passed on as it is. */
export async function reach(path: string, init: RequestInit = {}): Promise<Response> {
  try {
    const response = await fetch(path, init);
    // The whole answer: a connection may break in the middle of it.
    const body = await response.arrayBuffer();
    return new Response(body.byteLength === 0 ? null : body, response);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    onUnanswered();
    throw new UnansweredError(error);
  }
}

/** Whether the host answers: it does, it is away, or it does not know this page. */
export type HostState = 'there' | 'away' | 'refused';

/** Asks the host whether it is there. Never rejects. */
async function askState(): Promise<HostState> {
  try {
    const { status } = await fetch('/api/hostInfo', { method: 'POST', body: '{}' });
    return status === 401 || status === 403 ? 'refused' : 'there';
  } catch {
    return 'away';
  }
}

/** Keeps one event socket open as long as someone listens; a lost one is opened again with growing pauses. */
class EventSocket {
  private readonly listeners = new Set<(event: EngineEvent) => void>();
  private socket: WebSocket | undefined;
  private pauseMs = 250;
  private readonly scope = new Scope();
  private asking = false;
  private lostAt = -Infinity;
  private askMs = 250;
  /** Hears that the host is away or knows this page no more, and each time that it is there again. */
  onState: (state: HostState) => void = () => undefined;

  add(listener: (event: EngineEvent) => void): () => void {
    this.listeners.add(listener);
    this.open();
    return () => {
      this.listeners.delete(listener);
      if (this.listeners.size === 0) this.socket?.close();
    };
  }

  /** A request did not come through: asks until the host answers, with pauses that grow while that goes on. */
  lost(): void {
    if (this.asking) return;
    this.asking = true;
    const now = performance.now();
    this.askMs = now - this.lostAt > 60_000 ? 250 : Math.min(10_000, 2 * this.askMs);
    this.lostAt = now;
    const ask = async (): Promise<void> => {
      const state = await askState();
      this.onState(state);
      if (state === 'away') this.scope.timer(() => void ask(), 1000);
      else this.asking = false;
    };
    this.scope.timer(() => void ask(), this.askMs);
  }

  private open(): void {
    if (this.socket || this.listeners.size === 0) return;
    const address = new URL('/events', location.href);
    address.protocol = address.protocol.replace('http', 'ws');
    const socket = new WebSocket(address);
    this.socket = socket;
    const scope = this.scope.add(new Scope());
    scope.listen(socket, 'open', () => {
      this.pauseMs = 250;
      this.onState('there');
    });
    scope.listen(socket, 'message', ({ data }) => {
      const event = JSON.parse(String(data)) as EngineEvent;
      for (const listener of this.listeners) listener(event);
    });
    scope.listen(socket, 'close', () => {
      scope.dispose();
      this.socket = undefined;
      void askState().then((state) => state !== 'there' && this.onState(state));
      this.scope.timer(() => this.open(), this.pauseMs);
      this.pauseMs = Math.min(2000, this.pauseMs * 2);
    });
  }
}

/** A transport that says whether its host is there; calls back first when it was lost. */
export interface PageTransport extends Transport {
  watch?(listener: (state: HostState) => void): void;
}

/** The transport of a page that the web host serves: commands by POST, events by WebSocket, the cookie as key. */
export function httpTransport(): PageTransport {
  const events = new EventSocket();
  onUnanswered = () => events.lost();
  return {
    invoke: async (command, args) =>
      readAnswer(
        await reach(`/api/${command}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify(args),
          // What a page says while it is closed must outlive it.
          keepalive: command === 'pageGone',
        }),
      ),
    subscribe: (listener) => events.add(listener),
    watch: (listener) => (events.onState = listener),
  };
}
