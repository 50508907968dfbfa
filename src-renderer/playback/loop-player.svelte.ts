import type { Disposable } from '../../src-main/common/base/disposal.js';
import { Sound } from './sound.svelte.js';

/** Seconds in which one sound fades into the next. */
const fade = 0.01;

/** Plays one sound in one channel round and round; another one takes its place at the same moment of it. */
export class LoopPlayer implements Disposable {
  playing = $state(false);
  readonly sound = new Sound();
  private context: AudioContext | undefined;
  private voice: { readonly source: AudioBufferSourceNode; readonly level: GainNode } | undefined;
  private startedAt = 0;
  private run = 0;

  /** Sounds louder than full scale are made softer as a whole. */
  async play(samples: Float32Array<ArrayBuffer>, rate: number): Promise<void> {
    const run = ++this.run;
    this.playing = true;
    const context = (this.context ??= new AudioContext());
    if (context.state !== 'running' && !(await this.sound.start(context))) this.stop();
    if (run !== this.run) return;
    const buffer = context.createBuffer(1, samples.length, rate);
    buffer.copyToChannel(samples, 0);
    const going = this.voice !== undefined;
    this.silence();
    const now = context.currentTime;
    if (!going) this.startedAt = now;
    const source = new AudioBufferSourceNode(context, { buffer, loop: true });
    const peak = samples.reduce((top, x) => Math.max(top, Math.abs(x)), 0);
    const level = new GainNode(context, { gain: 0 });
    level.gain.linearRampToValueAtTime(1 / Math.max(1, peak), now + fade);
    source.connect(level).connect(context.destination);
    source.start(now, (now - this.startedAt) % buffer.duration);
    this.voice = { source, level };
  }

  stop(): void {
    this.run++;
    this.silence();
    this.playing = false;
  }

  private silence(): void {
    if (!this.voice || !this.context) return;
    const { source, level } = this.voice;
    const now = this.context.currentTime;
    level.gain.cancelScheduledValues(now);
    level.gain.setValueAtTime(level.gain.value, now);
    level.gain.linearRampToValueAtTime(0, now + fade);
    source.stop(now + fade);
    this.voice = undefined;
  }

  dispose(): void {
    this.stop();
    void this.context?.close();
    this.context = undefined;
  }
}
