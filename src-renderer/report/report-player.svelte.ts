import type { Disposable } from '../../src-main/common/base/disposal.js';
import type { ReportClip } from '../../src-main/common/jobs/comparison.js';
import { Scope } from '../base/scope.js';

/** Seconds in which one system fades into another. */
const fade = 0.012;

interface Voice {
  readonly source: AudioBufferSourceNode;
  readonly level: GainNode;
  readonly gain: number;
}

/** Bytes of base64. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> {
  const raw = atob(text);
  const bytes = new Uint8Array(raw.length);
  for (let i = 0; i < raw.length; i++) bytes[i] = raw.charCodeAt(i);
  return bytes;
}

/**
 * Plays the sounds of one stem by all systems at once, of which one is heard: they start at the same sample of the audio
 * clock, so that another system goes on where the last one was. The clip is repeated.
 */
export class ReportPlayer implements Disposable {
  playing = $state(false);
  loading = $state(false);
  /** Seconds of the clip. */
  position = $state(0);
  /** Id of the system that is heard. */
  heard = $state('mixture');
  /** Why the browser cannot play the sounds. */
  failed = $state('');
  private readonly scope = new Scope();
  private readonly buffers = new Map<ReportClip, AudioBuffer>();
  private voices = new Map<string, Voice>();
  private context: AudioContext | undefined;
  private startedAt = 0;
  private run = 0;

  constructor(
    private readonly seconds: number,
    private clips: readonly ReportClip[],
  ) {
    this.scope.frames(() => {
      if (this.playing && this.context && this.voices.size > 0)
        this.position = Math.max(0, this.context.currentTime - this.startedAt) % this.seconds;
    });
  }

  /** Other sounds, one for each system: it goes on with them where it was. */
  async use(clips: readonly ReportClip[]): Promise<void> {
    this.clips = clips;
    if (!clips.some(({ system }) => system === this.heard)) this.heard = clips[0]?.system ?? 'mixture';
    if (this.playing) await this.play();
  }

  choose(system: string): void {
    if (!this.clips.some((clip) => clip.system === system)) return;
    this.heard = system;
    const now = this.context?.currentTime ?? 0;
    for (const [id, { level, gain }] of this.voices) {
      level.gain.cancelScheduledValues(now);
      level.gain.setTargetAtTime(id === system ? gain : 0, now, fade / 3);
    }
  }

  async seek(seconds: number): Promise<void> {
    this.position = Math.min(this.seconds - 0.01, Math.max(0, seconds));
    if (this.playing) await this.play();
  }

  async toggle(): Promise<void> {
    if (this.playing) this.pause();
    else await this.play();
  }

  pause(): void {
    this.run++;
    this.stop();
    this.playing = false;
    this.loading = false;
  }

  private async play(): Promise<void> {
    const run = ++this.run;
    this.playing = true;
    this.loading = true;
    try {
      const context = (this.context ??= new AudioContext());
      await context.resume();
      const buffers = await Promise.all(this.clips.map((clip) => this.decoded(context, clip)));
      if (run !== this.run) return;
      this.stop();
      const at = context.currentTime + 0.03;
      this.clips.forEach((clip, i) => this.start(context, clip, buffers[i], at));
      this.startedAt = at - this.position;
      this.loading = false;
    } catch (error) {
      if (run !== this.run) return;
      this.failed = String(error);
      this.pause();
    }
  }

  private start(context: AudioContext, clip: ReportClip, buffer: AudioBuffer, at: number): void {
    const level = context.createGain();
    const source = new AudioBufferSourceNode(context, { buffer, loop: true });
    source.loopEnd = Math.min(buffer.duration, this.seconds);
    level.gain.value = clip.system === this.heard ? clip.gain : 0;
    source.connect(level).connect(context.destination);
    source.start(at, this.position);
    this.voices.set(clip.system, { source, level, gain: clip.gain });
  }

  private async decoded(context: AudioContext, clip: ReportClip): Promise<AudioBuffer> {
    const known = this.buffers.get(clip);
    if (known) return known;
    const buffer = await context.decodeAudioData(bytesOf(clip.sound).buffer);
    // Sounds of other stems leave: decoded, they are ten times as large.
    for (const old of this.buffers.keys()) if (!this.clips.includes(old)) this.buffers.delete(old);
    this.buffers.set(clip, buffer);
    return buffer;
  }

  private stop(): void {
    for (const { source, level } of this.voices.values()) {
      source.stop();
      level.disconnect();
    }
    this.voices = new Map();
  }

  dispose(): void {
    this.pause();
    this.scope.dispose();
    void this.context?.close();
  }
}
