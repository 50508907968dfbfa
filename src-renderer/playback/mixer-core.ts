import { AutomationPlayer, type Automation } from './automation-player.js';
import { mixFrames, rampFrames, type MixSource } from './kernel.js';
import { Varispeed } from './varispeed.js';
import {
  control,
  maxChannels,
  maxTracks,
  pageFrames,
  slotPlanes,
  speedUnit,
  type SharedState,
  type SharedTrack,
} from './shared.js';

interface CoreTrack {
  readonly shared: SharedTrack;
  readonly planes: Float32Array[][];
  readonly source: MixSource;
  readonly automation: AutomationPlayer;
}

const silent: Float32Array[] = Array.from({ length: maxChannels }, () => new Float32Array(pageFrames));

/**
 * The mixer of the audio thread: all tracks from one position, so they cannot drift apart. Track 0 is the source,
 * the others are its stems. Every change of gain, and starting, stopping and seeking, is a ramp over one quantum, or
 * over as many as `control.fade` asks for: a seek first fades out where it is, then jumps, and a track that is taken
 * away is heard until it is faded out. Allocates nothing while it renders.
 */
export class MixerCore {
  /** The tracks, and behind them those that were taken away and still fade out. */
  private tracks: CoreTrack[] = [];
  /** How many of them are not fading out. */
  private count = 0;
  /** Tracks that are heard in the quantum being rendered. */
  private readonly heard: MixSource[] = [];
  private readonly heardIndex = new Int32Array(2 * maxTracks);
  private readonly peaks = new Float32Array(2 * maxTracks * maxChannels);
  /** 1 while sound goes out, 0 when it is faded out. */
  private master = 0;
  /** Quanta of the longer fade that was asked for last, and how many of them are still to come. */
  private fade = 0;
  private fadeLeft = 0;
  private readonly varispeed = new Varispeed();

  constructor(private readonly shared: SharedState) {}

  /** Replaces the tracks; those that are not new keep their gains. */
  setTracks(tracks: readonly SharedTrack[]): void {
    const before = this.tracks;
    const now = tracks.map(
      (shared) =>
        before.find((track) => track.shared.samples.buffer === shared.samples.buffer) ?? newTrack(shared),
    );
    const leaving = before.filter(
      (track) => !now.includes(track) && track.source.now.some((gain) => gain !== 0),
    );
    this.count = now.length;
    this.tracks = [...now, ...leaving.slice(0, maxTracks)];
  }

  /** Replaces the automation of every track, in the order of the tracks; what plays fades over to it. */
  setAutomation({ envelopes, edge }: Automation): void {
    for (let t = 0; t < this.count; t++) this.tracks[t].automation.set(envelopes[t] ?? [], edge);
  }

  /** Fills `out` (`[channels][quantum]`) and moves on. */
  render(out: readonly Float32Array[]): void {
    const { controls } = this.shared;
    const quantum = out[0].length;
    const seek = Atomics.load(controls, control.seek);
    const play = Atomics.load(controls, control.playing) === 1;
    const wanted = play && seek < 0 ? 1 : 0;
    const fade = Atomics.exchange(controls, control.fade, 0);
    if (fade > 0) this.fade = this.fadeLeft = fade;
    if (this.master > 0 || wanted > 0) this.renderSound(out, quantum, wanted);
    else this.rest(out);
    if (seek >= 0 && this.master === 0) {
      // What is faded out over several quanta comes in again over as many.
      this.fadeLeft = this.fade;
      // A newer request that came in meanwhile stays for the next quantum.
      Atomics.compareExchange(controls, control.seek, seek, -1);
      Atomics.store(controls, control.position, Math.min(seek, Atomics.load(controls, control.length)));
      this.varispeed.reset();
    }
    if (this.fadeLeft === 0) this.fade = 0;
  }

  /** Nothing is heard, so there is nothing to fade from. */
  private rest(out: readonly Float32Array[]): void {
    silence(out);
    this.fadeLeft = 0;
  }

  private renderSound(out: readonly Float32Array[], quantum: number, wanted: number): void {
    const { controls } = this.shared;
    const position = Atomics.load(controls, control.position);
    const speed = Atomics.load(controls, control.speed);
    const reach = speed === speedUnit ? quantum : this.varispeed.needed(speed, quantum);
    let to = wanted;
    this.aim(position, reach, to);
    let ready = this.ready(position, reach);
    Atomics.store(controls, control.stalled, ready ? 0 : 1);
    if (!ready) {
      // What is heard already fades out before the wait, if its own samples are there.
      this.aim(position, reach, (to = 0));
      ready = this.heard.length > 0 && this.ready(position, reach);
    }
    silence(out);
    if (!ready) {
      for (const { source } of this.tracks) source.now.fill(0);
      this.master = 0;
      this.varispeed.reset();
      return;
    }
    this.peaks.fill(0);
    const after = speed === speedUnit ? this.playPlain(position, out) : this.playVaried(position, out, speed);
    Atomics.store(controls, control.position, after);
    this.settle(to);
    this.meter(out);
  }

  /** A quantum is over: its ramps were reached, and what is faded out is forgotten. */
  private settle(to: number): void {
    for (const { source, automation } of this.tracks) {
      source.now.set(source.target);
      automation.settle();
    }
    this.fadeLeft = Math.max(0, this.fadeLeft - 1);
    this.master = this.fadeLeft > 0 ? 1 : to;
    while (this.tracks.length > this.count && this.fadeLeft === 0) this.tracks.pop();
  }

  /** One frame of the song for each that is heard, untouched; returns the position after it. */
  private playPlain(position: number, out: readonly Float32Array[]): number {
    const quantum = out[0].length;
    const after = this.mixFrom(position, out, 0, quantum, rampFrames);
    if (after === null) Atomics.store(this.shared.controls, control.playing, 0);
    this.varispeed.follow(out);
    return after ?? Atomics.load(this.shared.controls, control.length);
  }

  /** The same at another speed. */
  private playVaried(position: number, out: readonly Float32Array[], speed: number): number {
    const quantum = out[0].length;
    const tape = this.varispeed.tape(out.length);
    const moved = this.varispeed.advance(speed, quantum);
    silence(tape);
    this.mixFrom(position, tape, 1, this.varispeed.needed(speed, quantum), moved);
    this.varispeed.play(out, speed);
    const after = this.moveBy(position, moved);
    if (after === null) Atomics.store(this.shared.controls, control.playing, 0);
    return after ?? Atomics.load(this.shared.controls, control.length);
  }

  /** The position `frames` further along the loop; null beyond the end of the song. */
  private moveBy(position: number, frames: number): number | null {
    let at = position;
    for (let left = frames; left > 0;) {
      const run = Math.min(left, this.runLength(at));
      if (run === 0) return null;
      left -= run;
      at = this.follow(at + run);
    }
    return at;
  }

  /** Sets what each track's gain ramps to in this quantum; `reach` frames of the song are needed. */
  private aim(position: number, reach: number, wanted: number): void {
    const { controls, gains } = this.shared;
    const frontier = Atomics.load(controls, control.frontier);
    // The ramp to the source must end before the stems do.
    const stems = this.count > 1 && position + reach + Math.max(rampFrames, reach) <= frontier;
    const listen = Atomics.load(controls, control.listenSource) === 1;
    this.heard.length = 0;
    for (let t = 0; t < this.tracks.length; t++) {
      const track = this.tracks[t];
      const { source, shared } = track;
      const leaving = t >= this.count;
      const on = !leaving && (t === 0) === (listen || !stems) ? wanted : 0;
      // No one fills the pages of a track that was taken away: it must not be waited for.
      if (leaving && !this.hasPages(track, position, reach)) source.now.fill(0);
      let any = false;
      for (let ch = 0; ch < shared.channels; ch++) {
        const goal = on === 0 ? 0 : on * gains[t * maxChannels + ch];
        const now = source.now[ch];
        source.target[ch] = this.fadeLeft > 1 ? now + (goal - now) / this.fadeLeft : goal;
        any ||= source.target[ch] !== 0 || now !== 0;
      }
      if (!any) continue;
      this.heardIndex[this.heard.length] = t;
      this.heard.push(source);
    }
  }

  /** Frames until the end of a page, the loop or the song, whichever is first. */
  private runLength(position: number): number {
    const { controls } = this.shared;
    const loopEnd = Atomics.load(controls, control.loopEnd);
    const looping = Atomics.load(controls, control.loop) === 1 && position < loopEnd;
    const end = looping ? loopEnd : Atomics.load(controls, control.length);
    return Math.max(0, Math.min(pageFrames - (position % pageFrames), end - position));
  }

  /** Where playing continues when it has reached `position`. */
  private follow(position: number): number {
    const { controls } = this.shared;
    const atLoopEnd =
      Atomics.load(controls, control.loop) === 1 && position === Atomics.load(controls, control.loopEnd);
    return atLoopEnd ? Atomics.load(controls, control.loopStart) : position;
  }

  /** Whether every heard track has all pages of the next `reach` frames. */
  private ready(position: number, reach: number): boolean {
    for (let h = 0; h < this.heard.length; h++)
      if (!this.hasPages(this.tracks[this.heardIndex[h]], position, reach)) return false;
    return true;
  }

  private hasPages({ shared }: CoreTrack, position: number, reach: number): boolean {
    let at = position;
    for (let left = reach; left > 0;) {
      const run = Math.min(left, this.runLength(at));
      if (run === 0) return true;
      if (Atomics.load(shared.table, Math.floor(at / pageFrames)) < 0) return false;
      left -= run;
      at = this.follow(at + run);
    }
    return true;
  }

  /**
   * Mixes `count` frames of the song from `position` on into `out[ch][first …]`, with gains that reach their targets
   * after `ramp` frames. Returns the position after them; null where the song ends before.
   */
  private mixFrom(
    position: number,
    out: readonly Float32Array[],
    first: number,
    count: number,
    ramp: number,
  ): number | null {
    let at = position;
    for (let done = 0; done < count;) {
      const run = Math.min(count - done, this.runLength(at));
      if (run === 0) return null;
      const page = Math.floor(at / pageFrames);
      for (let h = 0; h < this.heard.length; h++) {
        const { shared, planes, automation } = this.tracks[this.heardIndex[h]];
        this.heard[h].planes = planes[Atomics.load(shared.table, page)];
        this.heard[h].from = at % pageFrames;
        this.heard[h].factors = automation.fill(at, run, done, ramp) ? automation.factors : null;
      }
      mixFrames(out, first + done, run, this.heard, done, this.peaks, ramp);
      done += run;
      at = this.follow(at + run);
    }
    return at;
  }

  private meter(out: readonly Float32Array[]): void {
    const { meters } = this.shared;
    for (let h = 0; h < this.heard.length; h++) {
      const t = this.heardIndex[h];
      if (t >= this.count) continue;
      for (let ch = 0; ch < out.length; ch++)
        raise(meters, t * maxChannels + ch, this.peaks[h * out.length + ch]);
    }
    for (let ch = 0; ch < out.length; ch++) {
      let peak = 0;
      for (const value of out[ch]) peak = Math.max(peak, Math.abs(value));
      raise(meters, maxTracks * maxChannels + ch, peak);
    }
  }
}

function raise(values: Float32Array, at: number, value: number): void {
  if (value > values[at]) values[at] = value;
}

function newTrack(shared: SharedTrack): CoreTrack {
  const source: MixSource = {
    planes: silent,
    from: 0,
    now: new Float32Array(maxChannels),
    target: new Float32Array(maxChannels),
    factors: null,
  };
  return { shared, planes: slotPlanes(shared), source, automation: new AutomationPlayer() };
}

function silence(out: readonly Float32Array[]): void {
  for (const plane of out) plane.fill(0);
}
