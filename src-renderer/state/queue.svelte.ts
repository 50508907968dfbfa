import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { CommandInput } from '../../src-main/common/contract/commands.js';
import type { OpenableFile } from '../../src-main/common/contract/host.js';
import type { QueueEntry, QueueEvent, QueueInfo } from '../../src-main/common/contract/queue.js';
import { countQueue } from '../../src-main/common/jobs/queue.js';
import { uploadFile } from '../api/data.js';
import { adoptFile } from '../api/bridge.js';
import { keepReady, keptReady, type ReadySong } from './ready-store.js';
import { songsOf, type DroppedItem, type GivenFile } from './dropped-files.js';

/** What to make of the next songs. */
export type QueueChoice = Omit<CommandInput<'queueAdd'>, 'sources'>;
type Source = CommandInput<'queueAdd'>['sources'][number];

/** Most sources that one command takes. */
const portion = 500;

function readySong(name: string, folders: readonly string[], source: ReadySong['source']): ReadySong {
  return { id: crypto.randomUUID(), name, folders, source };
}

/** The queue as the engine has it, and the ways for songs to get into it. */
export class QueueController {
  entries = $state.raw<readonly QueueEntry[]>([]);
  paused = $state(false);
  /** Whether the list outlives the program. */
  keeping = $state<QueueInfo['keeping']>('kept');
  /** Files that are being sent to the engine. */
  sending = $state.raw<{ readonly done: number; readonly total: number } | null>(null);

  /** What was added since; it is sent, with what is chosen then, when a person starts. */
  ready = $state.raw<readonly ReadySong[]>([]);
  /** Sent at a start, and not in the engine's list yet: a reload before that makes them ready again. */
  private starting: readonly ReadySong[] = [];
  private writes = $state(0);

  readonly counts = $derived(countQueue(this.entries.map(({ state }) => state.state)));

  /** Whether songs are worked on, or are next: others join them at once. */
  readonly working = $derived(this.counts.running > 0 || (!this.paused && this.counts.waiting > 0));

  /** Whether songs that wait for the start would be lost by a reload now. */
  readonly storing = $derived(this.writes > 0);

  private asked = false;

  constructor(
    private readonly client: EngineClient,
    private readonly fail: (error: unknown) => void,
  ) {
    void this.takeUp();
  }

  /** Asks for the state as it is; for the page that shows it. */
  async refresh(): Promise<void> {
    await this.run(this.client.queueState({}));
  }

  receive(event: QueueEvent): void {
    if (event.queue === 'list') {
      // Many entries may come or go at once: one request covers them all.
      if (this.asked) return;
      this.asked = true;
      queueMicrotask(() => {
        this.asked = false;
        void this.refresh();
      });
      return;
    }
    const { entry } = event;
    const at = this.entries.findIndex(({ id }) => id === entry.id);
    if (at >= 0) this.entries = this.entries.with(at, entry);
  }

  /** Adds what was dropped: where it lies when this host can, else as uploads. */
  async addDropped(items: readonly DroppedItem[], choice: QueueChoice): Promise<void> {
    try {
      for (const item of items) {
        const adopted = item.file ? await adoptFile(item.file) : [];
        if (adopted.length > 0) await this.takeHandles(adopted, choice);
        else await this.takeFiles(await songsOf(item), choice);
      }
    } catch (error) {
      this.fail(error);
    }
  }

  /** Files that were chosen: they wait for the start, or join what is at work. */
  async takeFiles(files: readonly GivenFile[], choice: QueueChoice): Promise<void> {
    if (this.working) return void (await this.sends(this.addFiles(files, choice)));
    const songs = files.map(({ file, folders }) => readySong(file.name, folders, { file }));
    this.hold([...this.ready, ...songs]);
  }

  /** The same for files and folders of this machine. */
  async takeHandles(files: readonly OpenableFile[], choice: QueueChoice): Promise<void> {
    if (this.working) return void (await this.sends(this.addHandles(files, choice)));
    const songs = files.map(({ name, handle }) => readySong(name, [], { handle }));
    this.hold([...this.ready, ...songs]);
  }

  /** Takes up what waited for the start before the page was reloaded. */
  private async takeUp(): Promise<void> {
    const kept = await keptReady();
    if (kept.length > 0) this.hold([...kept, ...this.ready]);
  }

  private hold(songs: readonly ReadySong[]): void {
    this.ready = songs;
    this.writes++;
    void keepReady([...this.starting, ...songs]).finally(() => this.writes--);
  }

  /** Takes a song back that was not started. */
  takeBack(song: ReadySong): void {
    this.hold(this.ready.filter((other) => other !== song));
  }

  /** Sends what is ready, and goes on with what was paused. What cannot be sent is ready again. */
  async start(choice: QueueChoice): Promise<void> {
    const songs = this.ready;
    this.starting = [...this.starting, ...songs];
    this.ready = [];
    const files = songs.flatMap(({ source, folders }) => ('file' in source ? [{ ...source, folders }] : []));
    const handles = songs.flatMap(({ source, name }) => ('handle' in source ? [{ ...source, name }] : []));
    const sent = {
      handle: handles.length === 0 || (await this.sends(this.addHandles(handles, choice))),
      file: files.length === 0 || (await this.sends(this.addFiles(files, choice))),
    };
    this.starting = this.starting.filter((song) => !songs.includes(song));
    const back = songs.filter(({ source }) => !sent['file' in source ? 'file' : 'handle']);
    this.hold([...back, ...this.ready]);
    if (this.paused && back.length === 0) await this.resume();
  }

  /** Whether it has come to the engine; a failure is shown. */
  private sends(work: Promise<void>): Promise<boolean> {
    return work.then(
      () => true,
      (error: unknown) => {
        this.fail(error);
        return false;
      },
    );
  }

  /** Uploads files one after the other, then adds them. */
  private async addFiles(files: readonly GivenFile[], choice: QueueChoice): Promise<void> {
    const sources: Source[] = [];
    try {
      for (const { file, folders } of files) {
        this.sending = { done: sources.length, total: files.length };
        sources.push({ upload: await uploadFile(file), folders: [...folders] });
      }
      // Together, because their names depend on each other.
      await this.add(sources, choice);
    } finally {
      this.sending = null;
    }
  }

  private async addHandles(files: readonly OpenableFile[], choice: QueueChoice): Promise<void> {
    await this.add(
      files.map(({ handle }) => ({ handle })),
      choice,
    );
  }

  pause = (): Promise<void> => this.run(this.client.queuePause({}));
  resume = (): Promise<void> => this.run(this.client.queueResume({}));
  cancel = (entry: string): Promise<void> => this.run(this.client.queueCancel({ entry }));
  remove = (entries: string[]): Promise<void> => this.run(this.client.queueRemove({ entries }));
  /** All that failed or were cancelled when no entries are named. */
  retry = (entries?: string[]): Promise<void> => this.run(this.client.queueRetry({ entries }));

  /** Takes off the list what needs nothing any more. */
  clear(): Promise<void> {
    const over = this.entries.filter(({ state }) => state.state === 'done' || state.state === 'skipped');
    return this.remove(over.map(({ id }) => id));
  }

  private async add(sources: readonly Source[], choice: QueueChoice): Promise<void> {
    for (let at = 0; at < sources.length; at += portion) {
      this.show(await this.client.queueAdd({ ...choice, sources: sources.slice(at, at + portion) }));
    }
  }

  private async run(asked: Promise<QueueInfo>): Promise<void> {
    await asked.then((info) => this.show(info), this.fail);
  }

  private show({ entries, paused, keeping }: QueueInfo): void {
    this.entries = entries;
    this.paused = paused;
    this.keeping = keeping;
  }
}
