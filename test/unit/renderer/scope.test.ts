import { describe, expect, it } from 'vitest';
import { Scope, attached, scoped } from '../../../src-renderer/base/scope.js';

const rest = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

describe('a scope of the page', () => {
  it('ends listeners, each by itself or all together', () => {
    const scope = new Scope();
    const target = new EventTarget();
    const heard: string[] = [];
    const end = scope.listen(target, 'a', () => heard.push('first'));
    scope.listen(target, 'a', () => heard.push('second'));
    target.dispatchEvent(new Event('a'));
    end();
    target.dispatchEvent(new Event('a'));
    scope.dispose();
    target.dispatchEvent(new Event('a'));
    expect(heard).toEqual(['first', 'second', 'second']);
  });

  it('ends timers and intervals', async () => {
    const scope = new Scope();
    const heard: string[] = [];
    scope.timer(() => heard.push('early'));
    await rest(20);
    scope.timer(() => heard.push('late'), 30);
    const stop = scope.interval(() => heard.push('stopped'), 5);
    stop();
    scope.interval(() => heard.push('beat'), 30);
    scope.dispose();
    await rest(80);
    expect(heard).toEqual(['early']);
  });

  it('goes on with an interval until then', async () => {
    const scope = new Scope();
    let beats = 0;
    await new Promise<void>((resolve) => scope.interval(() => ++beats === 3 && resolve(), 1));
    scope.dispose();
    expect(beats).toBe(3);
  });

  it('takes the messages of a port and closes it', async () => {
    const { port1, port2 } = new MessageChannel();
    const scope = new Scope();
    const closed = new Promise((resolve) => port2.addEventListener('close', resolve));
    const message = new Promise((resolve) => scope.messages(port1, resolve));
    port2.postMessage('hello');
    port2.start();
    expect(await message).toBe('hello');
    scope.dispose();
    await closed;
  });

  it('starts nothing after its end', async () => {
    const scope = new Scope();
    scope.dispose();
    const heard: string[] = [];
    const target = new EventTarget();
    scope.listen(target, 'a', () => heard.push('event'));
    scope.timer(() => heard.push('timer'));
    scope.interval(() => heard.push('interval'), 1);
    scope.idle(() => heard.push('idle'));
    scope.defer(() => heard.push('deferred'));
    target.dispatchEvent(new Event('a'));
    await rest(20);
    expect(heard).toEqual(['deferred']);
  });

  it('ends the last first, once, and all even when one fails', () => {
    const heard: string[] = [];
    const end = scoped((scope) => {
      scope.defer(() => heard.push('first'));
      scope.defer(() => {
        throw new Error('broken');
      });
      scope.add({ dispose: () => void heard.push('last') });
    });
    expect(end).toThrow('broken');
    end();
    expect(heard).toEqual(['last', 'first']);
  });

  it('of an attachment ends with its element', () => {
    const element = new EventTarget();
    let heard = 0;
    const detach = attached((one: EventTarget, scope) => {
      scope.listen(one, 'a', () => heard++);
    })(element);
    element.dispatchEvent(new Event('a'));
    (detach as () => void)();
    element.dispatchEvent(new Event('a'));
    expect(heard).toBe(1);
  });
});
