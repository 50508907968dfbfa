import { describe, expect, it } from 'vitest';
import { Line } from '../../../../src-main/common/base/line.js';

/** Work that ends on request, and notes when it began and ended. */
function stage(): {
  readonly log: string[];
  work(name: string): () => Promise<string>;
  end(name: string): void;
} {
  const log: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    log,
    work: (name) => async () => {
      log.push(`+${name}`);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      log.push(`-${name}`);
      return name;
    },
    end: (name) => ends.get(name)!(),
  };
}

const settled = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 0));

describe('a line', () => {
  it('lets changes in one at a time, reads together, all in the order in which they came', async () => {
    const line = new Line();
    const { log, work, end } = stage();
    const all = [
      line.read(work('r1')),
      line.read(work('r2')),
      line.change(work('c1')),
      line.read(work('r3')),
      line.change(work('c2')),
    ];
    await settled();
    expect(log).toEqual(['+r1', '+r2']);
    end('r1');
    await settled();
    expect(log).toEqual(['+r1', '+r2', '-r1']);
    end('r2');
    await settled();
    expect(log.slice(3)).toEqual(['-r2', '+c1']);
    end('c1');
    await settled();
    expect(log.slice(5)).toEqual(['-c1', '+r3']);
    end('r3');
    await settled();
    end('c2');
    expect(await Promise.all(all)).toEqual(['r1', 'r2', 'c1', 'r3', 'c2']);
  });

  it('goes on after work that fails, and hands its error on', async () => {
    const line = new Line();
    const failed = line.change(() => {
      throw new Error('no');
    });
    await expect(failed).rejects.toThrow('no');
    expect(await line.change(() => 1)).toBe(1);
  });

  it('who gives up waiting is left out, and those behind do not wait for it', async () => {
    const line = new Line();
    const { log, work, end } = stage();
    const abort = new AbortController();
    const first = line.read(work('r1'));
    const second = line.change(work('c1'), abort.signal);
    const third = line.read(work('r2'));
    await settled();
    expect(log).toEqual(['+r1']);
    abort.abort();
    await expect(second).rejects.toMatchObject({ code: 'cancelled' });
    await settled();
    expect(log).toEqual(['+r1', '+r2']);
    end('r1');
    end('r2');
    await Promise.all([first, third]);
    await expect(line.change(work('late'), AbortSignal.abort())).rejects.toMatchObject({ code: 'cancelled' });
    expect(log).not.toContain('+late');
  });
});
