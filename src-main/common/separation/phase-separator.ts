import { griffinLim, misi } from '../dsp/phase.js';
import { magnitude } from '../dsp/spectrogram.js';
import { Stft } from '../dsp/stft.js';
import type { Separator, SeparatorInfo, SongStats } from './separator.js';
import { gridOf, leavesRest } from './wiener-filter.js';

/** Where the phases of stems come from: the mixture as it is, or a search that begins with them. */
export type PhaseWay = 'mixture' | 'griffin-lim' | 'fast-griffin-lim' | 'misi';

/** Rounds of a search, as those of the oracles. */
const iterations = 30;
/** Samples made at once, and more on both sides that reach into them. */
const block = 1 << 17;
const margin = 8192;
/** Samples over which one block goes over into the next. */
const fade = 4096;

/**
 * Gives the magnitudes of what any separator gives other phases: the mixture's, those that Griffin & Lim (1984) find for
 * each stem alone, by the fast variant too (Perraudin 2013), or those of MISI, whose stems add up to the mixture (Gunawan &
 * Sen 2010). Three seconds are in memory as spectra at a time, and blocks are faded into each other.
 */
export class PhaseSeparator implements Separator {
  readonly info: SeparatorInfo;
  private readonly stft: Stft;

  constructor(
    private readonly inner: Separator,
    private readonly way: PhaseWay,
  ) {
    this.info = inner.info;
    this.stft = new Stft({ ...gridOf(inner.info.sampleRate), precision: 'single' });
  }

  async separate(
    mix: readonly Float32Array[],
    stats: SongStats,
    wanted: readonly number[] = this.info.stems.map((_, s) => s),
  ): Promise<readonly (readonly Float32Array[])[]> {
    // The stems of MISI are found together, and so are those that nobody wants.
    const all = this.info.stems.map((_, s) => s);
    const sought = this.way === 'misi' ? all : wanted;
    const estimates = await this.inner.separate(mix, stats, sought);
    const samples = mix[0].length;
    // The planes of those that nobody wants may hold anything.
    const waves = estimates.map((stem, s) =>
      wanted.includes(s) ? stem.map(() => new Float32Array(samples)) : stem,
    );
    for (let start = 0; start < samples; start += block) {
      mix.forEach((plane, ch) => {
        const stems = sought.map((s) => piece(estimates[s][ch], start));
        const found = this.found(piece(plane, start), stems);
        sought.forEach((s, i) => {
          if (wanted.includes(s)) addFaded(found[i], start, waves[s][ch]);
        });
      });
    }
    return waves;
  }

  /** Waves of a block with the magnitudes of these. */
  private found(mix: Float32Array, stems: readonly Float32Array[]): readonly Float32Array[] {
    const target = (wave: Float32Array): Float32Array => magnitude(this.stft.forward(wave));
    if (this.way === 'misi') {
      // What the stems leave is one more source: else their sum would take it in.
      const rest = leavesRest(this.info)
        ? [mix.map((x, i) => x - stems.reduce((sum, stem) => sum + stem[i], 0))]
        : [];
      return misi(this.stft, mix, [...stems, ...rest].map(target), { iterations });
    }
    const start = this.stft.forward(mix);
    const search = {
      iterations: this.way === 'mixture' ? 0 : iterations,
      momentum: this.way === 'fast-griffin-lim' ? 0.99 : 0,
    };
    return stems.map((stem) => griffinLim(this.stft, target(stem), start, mix.length, search));
  }
}

/** The samples around a block that begins at `start`, zeros where there are none. */
function piece(plane: Float32Array, start: number): Float32Array {
  const [from, to] = [start - margin, Math.min(plane.length, start + block + margin)];
  const out = new Float32Array(Math.min(block, plane.length - start) + 2 * margin);
  out.set(plane.subarray(Math.max(0, from), to), Math.max(0, -from));
  return out;
}

/** Adds a block, which begins with its margin, by weights that add up to 1 with those of its neighbours. */
function addFaded(wave: Float32Array, start: number, into: Float32Array): void {
  const first = start === 0 ? 0 : start - fade / 2;
  const last = start + block < into.length;
  // The next block rises over the whole fade, even where the song ends within it.
  const end = last ? start + block + fade / 2 : into.length;
  for (let i = first; i < Math.min(end, into.length); i++) {
    const rise = start === 0 ? 1 : Math.min(1, (i - first + 0.5) / fade);
    const fall = last ? Math.min(1, (end - i - 0.5) / fade) : 1;
    into[i] += Math.min(rise, fall) * wave[i - start + margin];
  }
}

/** The separator itself where its own phases are kept. */
export function rephased(inner: Separator, way?: PhaseWay): Separator {
  return way === undefined ? inner : new PhaseSeparator(inner, way);
}
