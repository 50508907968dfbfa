import { chanceByGuessing } from './chance.js';

export type AbxSide = 'a' | 'b';

/** Plays a row of a comparison, round and round. */
interface Rows {
  /** Null when nothing plays. */
  readonly heard: number | null;
  play(row: number): Promise<void>;
  stop(): void;
}

/**
 * An ABX test: X is one of two sounds, chosen anew by lot in each round, and somebody who hears no difference can only guess
 * which. All three go on at the same moment of the song. The answer says only whether the guess was right.
 */
export class Abx {
  /** Rows of the comparison. */
  a = $state(0);
  b = $state(1);
  running = $state(false);
  heard = $state<AbxSide | 'x' | null>(null);
  /** Whether each answer was right. */
  answers = $state.raw<readonly boolean[]>([]);
  private x: AbxSide = 'a';

  constructor(private readonly rows: Rows) {}

  readonly right = $derived(this.answers.filter(Boolean).length);
  /** How likely guesses alone do as well. */
  readonly chance = $derived(chanceByGuessing(this.right, this.answers.length));

  begin(a: number, b: number): void {
    this.end();
    [this.a, this.b] = [a, b];
    this.answers = [];
    this.running = true;
    this.draw();
  }

  async hear(which: AbxSide | 'x'): Promise<void> {
    if (this.heard === which) {
      this.stop();
      return;
    }
    this.heard = which;
    await this.rows.play((which === 'x' ? this.x : which) === 'a' ? this.a : this.b);
    if (this.rows.heard === null) this.heard = null;
  }

  answer(side: AbxSide): void {
    if (!this.running) return;
    this.answers = [...this.answers, side === this.x];
    this.draw();
    // The next X must be asked for: going on would tell whether it has changed.
    if (this.heard === 'x') this.stop();
  }

  end(): void {
    this.stop();
    this.running = false;
  }

  /** Silence; the test goes on. */
  stop(): void {
    if (this.heard === null) return;
    this.heard = null;
    this.rows.stop();
  }

  private draw(): void {
    this.x = crypto.getRandomValues(new Uint8Array(1))[0] % 2 === 0 ? 'a' : 'b';
  }
}
