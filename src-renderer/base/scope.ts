import type { Attachment } from 'svelte/attachments';
import type { Disposable } from '../../src-main/common/base/disposal.js';

/** Events by the name they have on each kind of target. */
type EventsOf<T extends EventTarget> = T extends Window & typeof globalThis
  ? WindowEventMap
  : T extends Document
    ? DocumentEventMap
    : T extends HTMLElement
      ? HTMLElementEventMap & { webglcontextlost: Event; webglcontextrestored: Event }
      : T extends WebSocket
        ? WebSocketEventMap
        : T extends MediaDevices
          ? MediaDevicesEventMap
          : T extends Worker
            ? WorkerEventMap
            : Record<string, Event>;

/** Ends what was started, before its scope does; a second call does nothing. */
export type End = () => void;

/**
 * The lifetime of what the page starts: listeners, timers, frames, observers and workers end with their scope. It is
 * the only place that starts them; lint forbids it elsewhere. What is started after the end never begins.
 */
export class Scope implements Disposable {
  private readonly ends = new Set<End>();
  private ended = false;

  /** Runs at the end, or when the answer is called; at once when the scope has ended already. */
  defer(work: () => void): End {
    if (this.ended) {
      work();
      return () => undefined;
    }
    const end = (): void => {
      if (this.ends.delete(end)) work();
    };
    this.ends.add(end);
    return end;
  }

  /** Disposes `item` at the end. */
  add<T extends Disposable>(item: T): T {
    this.defer(() => void item.dispose());
    return item;
  }

  listen<T extends EventTarget, K extends keyof EventsOf<T> & string>(
    target: T,
    type: K,
    listener: (event: EventsOf<T>[K]) => void,
    options: Pick<AddEventListenerOptions, 'capture' | 'passive'> = {},
  ): End {
    if (this.ended) return () => undefined;
    target.addEventListener(type, listener as EventListener, options);
    return this.defer(() => target.removeEventListener(type, listener as EventListener, options));
  }

  /** Takes the messages of a port, which ends with the scope. */
  messages<T>(port: MessagePort, work: (message: T) => void): End {
    if (this.ended) return () => undefined;
    const take = (event: Event): void => work((event as MessageEvent<T>).data);
    port.addEventListener('message', take);
    port.start();
    return this.defer(() => port.close());
  }

  /** Calls once, `ms` milliseconds from now. */
  timer(work: () => void, ms = 0): End {
    if (this.ended) return () => undefined;
    const end = this.defer(() => clearTimeout(timer));
    const timer = setTimeout(() => (end(), work()), ms);
    return end;
  }

  /** Calls every `ms` milliseconds. */
  interval(work: () => void, ms: number): End {
    if (this.ended) return () => undefined;
    const timer = setInterval(work, ms);
    return this.defer(() => clearInterval(timer));
  }

  /** Calls before the next picture; `now` is as `performance.now()`, ms. */
  raf(work: (now: number) => void): End {
    if (this.ended) return () => undefined;
    const end = this.defer(() => cancelAnimationFrame(frame));
    const frame = requestAnimationFrame((now) => (end(), work(now)));
    return end;
  }

  /** Calls before every picture. */
  frames(work: (now: number) => void): End {
    let end: End = () => undefined;
    const step = (now: number): void => {
      end = this.raf(step);
      work(now);
    };
    end = this.raf(step);
    return () => end();
  }

  /** Calls when the page has nothing better to do; soon where the browser cannot tell (Safari). */
  idle(work: () => void): End {
    if (typeof requestIdleCallback !== 'function') return this.timer(work);
    if (this.ended) return () => undefined;
    const end = this.defer(() => cancelIdleCallback(call));
    const call = requestIdleCallback(() => (end(), work()));
    return end;
  }

  /** Calls now and whenever the size of an element changes. */
  resized(element: Element, work: () => void): End {
    if (this.ended) return () => undefined;
    const observer = new ResizeObserver(work);
    observer.observe(element);
    return this.defer(() => observer.disconnect());
  }

  /** A worker that is terminated at the end. */
  worker<T extends { terminate(): void }>(make: () => T): T {
    const worker = make();
    this.defer(() => worker.terminate());
    return worker;
  }

  /** Ends everything, last first; an error of one keeps none of the others, and the first is thrown. */
  dispose(): void {
    if (this.ended) return;
    this.ended = true;
    const failures: unknown[] = [];
    for (const end of [...this.ends].reverse()) {
      try {
        end();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw failures[0];
  }
}

/** Starts something in a new scope; the answer ends it. For effects. */
export function scoped(start: (scope: Scope) => void): End {
  const scope = new Scope();
  start(scope);
  return () => scope.dispose();
}

/** An attachment whose scope ends when the element goes. */
export function attached<T extends EventTarget>(start: (element: T, scope: Scope) => void): Attachment<T> {
  return (element) => scoped((scope) => start(element, scope));
}
