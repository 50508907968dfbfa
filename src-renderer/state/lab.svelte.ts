import {
  benchStart,
  type BenchResult,
  type BenchSettings,
  type BenchSound,
} from '../../src-main/common/lab/bench.js';
import { startSettings, type LessonResult, type Settings } from '../../src-main/common/lab/lesson.js';
import type { SongPcm } from '../../src-main/common/lab/material.js';
import { lessonIds, lessons, type LessonId } from '../../src-main/common/lab/lessons.js';
import { labRate } from '../../src-main/common/lab/sounds.js';
import { LoopPlayer } from '../playback/loop-player.svelte.js';
import { LabClient } from '../workers/lab-client.js';
import { keepOnSong, keepRoom, keptOnSong, keptRoom, type LabRoom } from './lab-kept.js';
import { labSound } from './lab-sound.js';
import type { SongController } from './song.svelte.js';

/** What is shown of a lesson: its result and the settings that gave it. */
interface ShownLesson {
  readonly id: LessonId;
  readonly settings: Settings;
  readonly result: LessonResult;
}

/** The Lab: a bench for some seconds of sound, and lessons. A worker computes; only the newest settings count. */
export class Lab {
  room = $state<LabRoom>(keptRoom());
  bench = $state.raw<BenchSettings>(benchStart);
  benchResult = $state.raw<BenchResult | null>(null);
  /** What the bench works on; null until it is there. */
  benchSound = $state.raw<BenchSound | null>(null);
  /** The stem of the song that stands for a true voice. */
  voiceStem = $state<string | null>(null);
  /** Seconds of the song or the demo, to a tenth: ten, if it is that long. */
  shownSeconds = $state(10);
  /** Lessons work on the song, as far as they can. */
  onSong = $state(keptOnSong());
  /** What they work on then; null without a song. */
  pcm = $state.raw<SongPcm | null>(null);
  settings = $state.raw(
    Object.fromEntries(lessonIds.map((id) => [id, startSettings(lessons[id])])) as Readonly<
      Record<LessonId, Settings>
    >,
  );
  lesson = $state.raw<ShownLesson | null>(null);
  /** Key of the sound that plays. */
  heard = $state<string | null>(null);
  busy = $state(false);
  readonly player = new LoopPlayer();
  private client: LabClient | undefined;
  private again = false;

  constructor(
    private readonly page: {
      readonly song: SongController | null;
      readonly fail: (error: unknown) => void;
    },
  ) {}

  /** Whether the bench knows the true parts of its sound. */
  get hasParts(): boolean {
    return this.benchSound?.parts !== undefined;
  }

  /** Whether a stem that is no voice takes its place. */
  get hasStandIn(): boolean {
    return this.voiceStem !== null && !['vocals', 'lead'].includes(this.voiceStem);
  }

  /** The page is shown: it takes its sound from the song that is open now. */
  async open(): Promise<void> {
    const client = new LabClient();
    this.client = client;
    this.page.song?.player.pause();
    void this.refresh();
    try {
      const { bench, piece, voice } = await labSound(this.page.song);
      if (this.client !== client) return;
      await client.ask('load', bench);
      const pcm = piece && (await client.ask('piece', piece));
      if (this.client !== client) return;
      [this.benchSound, this.voiceStem] = [bench, voice];
      this.shownSeconds = Math.round((10 * bench.mix.length) / bench.rate) / 10;
      this.pcm = pcm;
      if (!this.hasParts && this.bench.method === 'oracle') this.bench = { ...this.bench, method: 'hpss' };
      await this.refresh();
    } catch (error) {
      if (this.client === client) this.page.fail(error);
    }
  }

  close(): void {
    this.stop();
    this.player.dispose();
    this.client?.dispose();
    this.client = undefined;
    this.pcm = null;
    this.benchSound = null;
    this.benchResult = null;
    this.lesson = null;
  }

  enter(room: LabRoom): void {
    this.stop();
    this.room = room;
    keepRoom(room);
    void this.refresh();
  }

  change(change: Partial<BenchSettings>): void {
    this.bench = { ...this.bench, ...change };
    void this.refresh();
  }

  set(id: LessonId, key: string, value: number | string | boolean): void {
    this.settings = { ...this.settings, [id]: { ...this.settings[id], [key]: value } };
    void this.refresh();
  }

  /** Lessons work on the song from now on, or on their own sounds. */
  useSong(on: boolean): void {
    this.stop();
    this.onSong = on;
    keepOnSong(on);
    void this.refresh();
  }

  /** Whether a lesson can work on the song that is open. */
  canUseSong(id: LessonId): boolean {
    const { song } = lessons[id];
    return this.pcm !== null && (song === 'sound' || (song === 'parts' && this.hasParts));
  }

  /** Whether a lesson works on the song now. */
  worksOnSong(id: LessonId): boolean {
    return this.onSong && this.canUseSong(id);
  }

  toggle(key: string): void {
    if (this.heard === key) return this.stop();
    this.page.song?.player.pause();
    this.heard = key;
    this.sound();
  }

  stop(): void {
    this.heard = null;
    this.player.stop();
  }

  /** Computes for the newest settings; those that come meanwhile are taken up afterwards, and only the last of them. */
  private async refresh(): Promise<void> {
    this.again = true;
    if (this.busy) return;
    this.busy = true;
    while (this.again) {
      this.again = false;
      const { client } = this;
      if (!client) break;
      await this.compute(client).catch((error: unknown) => {
        // A worker that was ended has nothing to say.
        if (client === this.client) this.page.fail(error);
      });
    }
    this.busy = false;
  }

  private async compute(client: LabClient): Promise<void> {
    const { room } = this;
    if (room === 'bench') {
      if (!this.benchSound) return;
      const result = await client.ask('bench', this.bench);
      if (client !== this.client) return;
      this.benchResult = result;
    } else {
      const settings = this.settings[room];
      // What breaks a lesson's own sounds does nothing to a song.
      const onSong = this.worksOnSong(room);
      const result = await client.ask('lesson', { id: room, settings, onSong });
      if (client !== this.client) return;
      this.lesson = { id: room, settings, result };
    }
    if (this.heard !== null && room === this.room) this.sound();
  }

  /** Plays what is chosen, from where the last one is. */
  private sound(): void {
    const samples = this.samplesOf(this.heard);
    if (!samples) return;
    const rate = this.room === 'bench' ? (this.benchSound?.rate ?? labRate) : labRate;
    this.player.play(samples, rate).catch(this.page.fail);
  }

  private samplesOf(key: string | null): Float32Array<ArrayBuffer> | undefined {
    if (this.room === 'bench') return this.benchResult?.sounds[Number(key)];
    const found = this.lesson?.result.sounds.find((sound) => sound.key === key);
    return found && Float32Array.from(found.samples);
  }
}
