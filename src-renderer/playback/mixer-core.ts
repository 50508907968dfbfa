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
 * the others are its stems. Every change of gain, and starting, stopping and seeking, is a ramp over one quantum:
 * a seek first fades out where it is, then jumps. Allocates nothing while it renders.
 */
export class MixerCore {
  private tracks: CoreTrack[] = [];
  /** Tracks that are heard in the quantum being rendered. */
  private readonly heard: MixSource[] = [];
  private readonly heardIndex = new Int32Array(maxTracks);
  private readonly peaks = new Float32Array(maxTracks);
  /** 1 while sound goes out, 0 when it is faded out. */
  private master = 0;
  private readonly varispeed = new Varispeed();

  constructor(private readonly shared: SharedState) {}

  /** Replaces the tracks; those that are not new keep their gains. */
  setTracks(tracks: readonly SharedTrack[]): void {
    this.tracks = tracks.map((shared) => {
      const known = this.tracks.find((track) => track.shared.samples.buffer === shared.samples.buffer);
      if (known) return known;
      const source: MixSource = {
        planes: silent,
        from: 0,
        now: new Float32Array(maxChannels),
        target: new Float32Array(maxChannels),
        factors: null,
      };
      return { shared, planes: slotPlanes(shared), source, automation: new AutomationPlayer() };
    });
  }

  /** Replaces the automation of every track, in the order of the tracks; what plays fades over to it. */
  setAutomation({ envelopes, edge }: Automation): void {
    this.tracks.forEach(({ automation }, t) => automation.set(envelopes[t] ?? [], edge));
  }

  /** Fills `out` (`[channels][quantum]`) and moves on. */
  render(out: readonly Float32Array[]): void {
    const { controls } = this.shared;
    const quantum = out[0].length;
    const seek = Atomics.load(controls, control.seek);
    const play = Atomics.load(controls, control.playing) === 1;
    const wanted = play && seek < 0 ? 1 : 0;
    if (this.master > 0 || wanted > 0) this.renderSound(out, quantum, wanted);
    else silence(out);
    if (seek >= 0) {
      // A newer request that came in meanwhile stays for the next quantum.
      Atomics.compareExchange(controls, control.seek, seek, -1);
      Atomics.store(controls, control.position, Math.min(seek, Atomics.load(controls, control.length)));
      this.varispeed.reset();
    }
  }

  private renderSound(out: readonly Float32Array[], quantum: number, wanted: number): void {
    const { controls } = this.shared;
    const position = Atomics.load(controls, control.position);
    const speed = Atomics.load(controls, control.speed);
    const reach = speed === speedUnit ? quantum : this.varispeed.needed(speed, quantum);
    this.aim(position, reach, wanted);
    const ready = this.ready(position, reach);
    Atomics.store(controls, control.stalled, ready ? 0 : 1);
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
    this.master = wanted;
    for (const { source, automation } of this.tracks) {
      source.now.set(source.target);
      automation.settle();
    }
    this.meter(out);
  }

  /** One frame of the song for each that is heard, untouched; answers the position after it. */
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

  /** Sets what each track's gain ramps to; `reach` frames of the song are needed. */
  private aim(position: number, reach: number, wanted: number): void {
    const { controls, gains } = this.shared;
    const frontier = Atomics.load(controls, control.frontier);
    // The ramp to the source must end before the stems do.
    const stems = this.tracks.length > 1 && position + reach + Math.max(rampFrames, reach) <= frontier;
    const listen = Atomics.load(controls, control.listenSource) === 1;
    this.heard.length = 0;
    for (let t = 0; t < this.tracks.length; t++) {
      const { source, shared } = this.tracks[t];
      const on = (t === 0) === (listen || !stems) ? wanted : 0;
      let any = false;
      for (let ch = 0; ch < shared.channels; ch++) {
        source.target[ch] = on * gains[t * maxChannels + ch];
        any ||= source.target[ch] !== 0 || source.now[ch] !== 0;
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

  /** Where playing goes on when it has reached `position`. */
  private follow(position: number): number {
    const { controls } = this.shared;
    const atLoopEnd =
      Atomics.load(controls, control.loop) === 1 && position === Atomics.load(controls, control.loopEnd);
    return atLoopEnd ? Atomics.load(controls, control.loopStart) : position;
  }

  /** Whether every heard track has all pages of the next `reach` frames. */
  private ready(position: number, reach: number): boolean {
    let at = position;
    for (let left = reach; left > 0;) {
      const run = Math.min(left, this.runLength(at));
      if (run === 0) return true;
      const page = Math.floor(at / pageFrames);
      for (let h = 0; h < this.heard.length; h++) {
        if (Atomics.load(this.tracks[this.heardIndex[h]].shared.table, page) < 0) return false;
      }
      left -= run;
      at = this.follow(at + run);
    }
    return true;
  }

  /**
   * Mixes `count` frames of the song from `position` on into `out[ch][first …]`, with gains that reach their targets
   * after `ramp` frames. Answers the position after them; null where the song ends before.
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
      if (this.peaks[h] > meters[t]) meters[t] = this.peaks[h];
    }
    let peak = meters[maxTracks];
    for (const plane of out) for (const value of plane) peak = Math.max(peak, Math.abs(value));
    meters[maxTracks] = peak;
  }
}

function silence(out: readonly Float32Array[]): void {
  for (const plane of out) plane.fill(0);
}
