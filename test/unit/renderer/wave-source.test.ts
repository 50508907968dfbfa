import { describe, expect, it } from 'vitest';
import { WaveSource } from '../../../src-renderer/picture/wave/wave-source.js';

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the waveform of a track', () => {
  const far = { start: 0, framesPerPixel: 100_000, width: 10 };
  const near = { start: 0, framesPerPixel: 1, width: 10 };

  function sourceOf(): { source: WaveSource; set(level: number, reach: number): void; read: string[] } {
    let [level, reach] = [0.25, 1000];
    const read: string[] = [];
    const source = new WaveSource(
      {
        ...{ length: 1_000_000, channels: 1, reach: () => reach },
        peaks: (columns) => {
          read.push('peaks');
          return Promise.resolve(
            Float32Array.from({ length: 2 * columns }, (_, i) => (i % 2 ? level : -level)),
          );
        },
        pcm: (_, count) => {
          read.push('samples');
          return Promise.resolve(new Float32Array(count).fill(level));
        },
      },
      () => undefined,
    );
    return { source, read, set: (...next) => ([level, reach] = next) };
  }

  for (const [name, span] of [
    ['from afar', far],
    ['from close by', near],
  ] as const)
    it(`is drawn as it was until what has changed has come, ${name}`, async () => {
      const { source, set } = sourceOf();
      const highest = (): number | undefined => {
        const envelope = source.envelopes(span)?.[0];
        return envelope && Math.max(...envelope);
      };
      highest();
      await settled();
      expect([highest(), source.reach]).toEqual([0.25, 1000]);
      set(0.5, 2000);
      source.refresh();
      expect([highest(), source.reach]).toEqual([0.25, 1000]);
      await settled();
      expect([highest(), source.reach]).toEqual([0.5, 2000]);
    });

  it('is read once while nothing changes', async () => {
    const { source, read } = sourceOf();
    for (let i = 0; i < 5; i++) {
      source.envelopes(far);
      await settled();
    }
    expect(read).toEqual(['peaks']);
  });
});
