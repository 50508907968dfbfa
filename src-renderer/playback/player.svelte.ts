import type { Disposable } from '../../src-main/common/base/disposal.js';
import { edgeFrames, type Envelope } from '../../src-main/common/jobs/automation.js';
import type { ChannelGains } from '../../src-main/common/jobs/mixer.js';
import { Scope } from '../base/scope.js';
import { Feeder, type FedTrack } from './feeder.js';
import { fadeQuanta } from './kernel.js';
import type { PlayedSong, PlayedTrack } from './played.js';
import { slotsFor } from './page-pool.js';
import workletAddress from './mixer-worklet.ts?worker&url';
import {
  control,
  createSharedState,
  createSharedTrack,
  everything,
  maxChannels,
  maxTracks,
  pageFrames,
  spanOf,
  speedUnit,
  type SharedState,
  type SharedTrack,
} from './shared.js';
import { Sound } from './sound.svelte.js';

/** Plays the tracks of one song, and says where it is. Dispose it with the song. */
export class Player implements Disposable {
  /** Frame that is heard, as of the last animation frame. */
  position = $state(0);
  playing = $state(false);
  stalled = $state(false);
  /** The source instead of the stems. */
  listenSource = $state(false);
  /** Frames of the song for each that is heard; pitch follows. */
  speed = $state(1);

  /** A page of a track was filled anew; to be set by whoever wants to know. */
  onLoaded: (track: SharedTrack, page: number) => void = () => undefined;

  readonly context: AudioContext;
  readonly sound = new Sound();
  private node: AudioWorkletNode | undefined;
  readonly shared: SharedState;
  readonly feeder: Feeder;
  /** By their keys. */
  readonly tracks = new Map<string, SharedTrack>();
  private readonly scope = new Scope();

  private constructor(
    readonly song: PlayedSong,
    onFailure: (error: unknown) => void,
  ) {
    this.context = new AudioContext({ sampleRate: song.sampleRate, latencyHint: 'interactive' });
    this.shared = createSharedState(song.frames);
    this.feeder = this.scope.add(
      new Feeder(
        () => spanOf(this.shared.controls),
        onFailure,
        (...page) => this.onLoaded(...page),
      ),
    );
  }

  /** Rejects when the browser gives no audio context at the song's rate or no shared memory. */
  static async open(song: PlayedSong, onFailure: (error: unknown) => void): Promise<Player> {
    const player = new Player(song, onFailure);
    await player.context.audioWorklet.addModule(workletAddress);
    player.node = new AudioWorkletNode(player.context, 'unbraid-mixer', {
      numberOfInputs: 0,
      outputChannelCount: [song.channels],
      processorOptions: player.shared,
    });
    player.node.connect(player.context.destination);
    player.watch();
    player.scope.frames(() => player.watch());
    return player;
  }

  /** Where a test taps the sound. */
  get output(): AudioNode | undefined {
    return this.node;
  }

  /** The source first, then its stems; the samples of tracks whose key was there before are kept. */
  setTracks(tracks: readonly PlayedTrack[], frontier: number): void {
    this.setFrontier(frontier);
    const slots = slotsFor(this.song, tracks.length);
    const fed: FedTrack[] = tracks.map(({ key, read }, index) => {
      const shared = this.tracks.get(key) ?? createSharedTrack(this.song.frames, this.song.channels, slots);
      this.tracks.set(key, shared);
      return {
        shared,
        read,
        available: () => (index === 0 ? everything : Atomics.load(this.shared.controls, control.frontier)),
      };
    });
    const keys = new Set(tracks.map(({ key }) => key));
    for (const key of this.tracks.keys()) if (!keys.has(key)) this.tracks.delete(key);
    this.node?.port.postMessage({ tracks: fed.map(({ shared }) => shared) });
    this.feeder.setTracks(fed);
  }

  /** Frames from the start whose stems may be heard; `everything` once they are complete. */
  setFrontier(frames: number): void {
    const whole = frames === everything ? frames : Math.floor(frames / pageFrames) * pageFrames;
    Atomics.store(this.shared.controls, control.frontier, whole);
  }

  /** What is changed next, in tracks, gains and place, is reached by a fade of 5 to 10 ms. */
  crossFade(): void {
    Atomics.store(this.shared.controls, control.fade, fadeQuanta(this.song.sampleRate));
  }

  /** Factors of each track and channel; what lies behind these tracks is silent. */
  setGains(gains: readonly ChannelGains[]): void {
    this.shared.gains.fill(0, gains.length * maxChannels);
    gains.forEach((channels, t) =>
      channels.forEach((gain, ch) => (this.shared.gains[t * maxChannels + ch] = gain)),
    );
  }

  /** What happens to each track's level in time, in the order of the tracks; set it again after `setTracks`. */
  setAutomation(envelopes: readonly Envelope[]): void {
    this.node?.port.postMessage({ automation: { envelopes, edge: edgeFrames(this.song.sampleRate) } });
  }

  setListenSource(on: boolean): void {
    this.listenSource = on;
    Atomics.store(this.shared.controls, control.listenSource, on ? 1 : 0);
  }

  /** Takes 0.5 to 2; at 1 every sample is heard as it is. */
  setSpeed(speed: number): void {
    const units = Math.round(Math.min(2, Math.max(0.5, speed)) * speedUnit);
    this.speed = units / speedUnit;
    Atomics.store(this.shared.controls, control.speed, units);
  }

  setLoop(range: { readonly start: number; readonly end: number } | null): void {
    const { controls } = this.shared;
    Atomics.store(controls, control.loop, 0);
    if (!range || range.end <= range.start) return;
    Atomics.store(controls, control.loopStart, range.start);
    Atomics.store(controls, control.loopEnd, range.end);
    Atomics.store(controls, control.loop, 1);
  }

  play(): void {
    if (this.position >= this.song.frames) this.seek(0);
    Atomics.store(this.shared.controls, control.playing, 1);
    this.playing = true;
    // What starts to sound much later would surprise.
    void this.sound.start(this.context).then((started) => started || this.pause());
  }

  pause(): void {
    Atomics.store(this.shared.controls, control.playing, 0);
    this.playing = false;
  }

  seek(frame: number): void {
    const to = Math.round(Math.min(Math.max(frame, 0), this.song.frames));
    // Without a running context no one takes the request up; both places are right then.
    if (this.context.state !== 'running') Atomics.store(this.shared.controls, control.position, to);
    else Atomics.store(this.shared.controls, control.seek, to);
    this.position = to;
    this.feeder.tick();
  }

  /** Highest magnitude of a channel of a track since the last call; of the sum without an index. */
  takePeak(channel: number, track: number = maxTracks): number {
    const at = track * maxChannels + channel;
    const peak = this.shared.meters[at];
    this.shared.meters[at] = 0;
    return peak;
  }

  async dispose(): Promise<void> {
    this.scope.dispose();
    this.node?.port.postMessage({ close: true });
    this.node?.disconnect();
    if (this.context.state !== 'closed') await this.context.close();
  }

  private watch(): void {
    const { controls } = this.shared;
    const seek = Atomics.load(controls, control.seek);
    this.position = seek >= 0 ? seek : Atomics.load(controls, control.position);
    this.playing = Atomics.load(controls, control.playing) === 1;
    this.stalled = this.playing && Atomics.load(controls, control.stalled) === 1;
  }
}
