import { toUnbraidError, type WireError } from '../../src-main/common/base/errors.js';
import type { EngineClient } from '../../src-main/common/contract/client.js';
import type { AddedModel, Recognition } from '../../src-main/common/contract/recognition.js';
import { uploadFile } from '../api/data.js';

/**
 * Takes model files of a person: idle → reading → questions or ready → trying → added. Any of them may fail; then the
 * files are still here, and other answers can be given.
 */
export class ModelAdder {
  step = $state<'idle' | 'reading' | 'asking' | 'trying'>('idle');
  files = $state.raw<readonly string[]>([]);
  recognition = $state.raw<Recognition | null>(null);
  added = $state.raw<Extract<AddedModel, { state: 'added' }> | null>(null);
  error = $state.raw<WireError | null>(null);
  answers = $state<Record<string, string>>({});
  private uploads: readonly string[] = [];
  private job: string | null = null;
  /** What was begun last; answers to something older are not shown. */
  private turn = 0;

  constructor(
    private readonly client: EngineClient,
    private readonly onAdded: () => void,
  ) {}

  async choose(files: readonly File[]): Promise<void> {
    if (files.length === 0) return;
    this.close();
    const turn = ++this.turn;
    this.step = 'reading';
    this.files = files.map(({ name }) => name);
    const uploads: string[] = [];
    try {
      for (const file of files) {
        uploads.push(await uploadFile(file));
        if (turn !== this.turn) return this.drop(uploads);
      }
      this.uploads = uploads;
      await this.recognise(turn);
    } catch (error) {
      this.drop(uploads);
      if (turn === this.turn) this.fail(error, 'idle');
    }
  }

  private async recognise(turn: number): Promise<void> {
    const answers = $state.snapshot(this.answers);
    const recognition = await this.client.recogniseModel({ uploads: [...this.uploads], answers });
    if (turn !== this.turn) return;
    this.recognition = recognition;
    this.step = 'asking';
    if (recognition.state !== 'questions') return;
    for (const { key, suggestion } of recognition.questions) this.answers[key] ??= suggestion ?? '';
  }

  /** Tries the model and takes it in; an answer may lead to another question. */
  async add(): Promise<void> {
    const turn = ++this.turn;
    this.step = 'trying';
    this.error = null;
    this.job = crypto.randomUUID();
    try {
      const answers = $state.snapshot(this.answers);
      const result = await this.client.addModel({ job: this.job, uploads: [...this.uploads], answers });
      if (result.state === 'added') this.onAdded();
      if (turn !== this.turn) return;
      if (result.state === 'questions') return await this.recognise(turn);
      this.uploads = [];
      this.close();
      this.added = result;
    } catch (error) {
      if (turn === this.turn) this.fail(error, 'asking');
    }
  }

  /** Ends what is running, and lets go of the files. */
  close(): void {
    this.turn++;
    if (this.step === 'trying' && this.job) void this.client.cancel({ job: this.job }).catch(() => undefined);
    this.drop(this.uploads);
    this.uploads = [];
    [this.step, this.files, this.recognition, this.added, this.error] = ['idle', [], null, null, null];
    this.answers = {};
  }

  private drop(uploads: readonly string[]): void {
    if (uploads.length === 0) return;
    void this.client.dropModelUploads({ uploads: [...uploads] }).catch(() => undefined);
  }

  private fail(error: unknown, step: 'idle' | 'asking'): void {
    this.error = toUnbraidError(error).toWire();
    this.step = step;
  }
}
