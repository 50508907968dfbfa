import type { StemParents } from '../../src-main/common/jobs/stem-pieces.js';
import { removedStem } from '../../src-main/common/document/records.js';
import type { SeparationSettingsInput } from '../../src-main/common/jobs/settings.js';
import { sendMask } from '../api/data.js';
import type { AppController } from '../state/app.svelte.js';
import { ExportJob, type ExportOrder } from '../state/export-job.svelte.js';
import type { SongController } from '../state/song.svelte.js';
import {
  canExport,
  exactSettings,
  exportKinds,
  formatsFor,
  madeOf,
  levelsOf,
  mixFor,
  practisedIn,
  previewNames,
  type ExportFormat,
  type ExportKind,
  type MixLevel,
  type Practised,
} from '../shared/export/export-choices.js';
import { handOverOrder } from './hand-over-order.js';

/** What is exported of a song, and how; it begins like the last export. */
export class ExportChoice {
  what = $state<ExportKind>('mix');
  onlySelection = $state(false);
  format = $state<ExportFormat>('wav');
  template = $state('');
  /** Sample format, bit rate and loudness; empty ones are left to the engine. */
  details = $state({ depth: '', bitRate: '', lufs: '' });
  /** Names of the stems that are written. */
  wanted = $state.raw<readonly string[]>([]);
  /** Whether a mix has the levels, pans and automation of the mixer. */
  asMixed = $state(true);
  practised = $state.raw<Practised>({ stem: '', dB: 0 });
  readonly job: ExportJob;

  /** `first` is what the person asked for, if anything. */
  constructor(
    private readonly app: Pick<AppController, 'client' | 'preferences' | 'settings'>,
    private readonly song: SongController,
    first?: ExportKind,
  ) {
    const { exported: last, format, template } = app.preferences;
    this.job = new ExportJob(app.client);
    this.format = last?.format ?? format;
    this.template = template;
    if (last) this.details = { ...last.details };
    this.wanted = this.stems;
    const before = exportKinds.find(({ kind, makes }) => kind === last?.what && makes !== 'selection')?.kind;
    const usual = song.separated ? 'stems' : 'mix';
    this.what = first ?? (before && canExport(before, this.stems, false, this.parents) ? before : usual);
    const { verbs, current } = song;
    const stem = verbs.stems.find(({ id }) => id === current.id) ?? verbs.stems[0];
    this.practised = practisedIn(song.mixer.forStems(song.info.tracks), stem?.name ?? '');
  }

  get parents(): StemParents | undefined {
    return this.song.info.separation?.parents;
  }

  /** Names of the stems there are, with what was taken away. */
  get stems(): readonly string[] {
    return this.song.info.tracks.filter(({ kind }) => kind === 'stem').map(({ name }) => name);
  }

  /** Those that a mix can be about: what was taken away is in none. */
  get heard(): readonly string[] {
    return this.stems.filter((name) => name !== removedStem);
  }

  /** What the mix of a karaoke, an a cappella or a practice mix will have; empty for everything else. */
  get levels(): readonly MixLevel[] {
    return levelsOf(this.intended() ?? {});
  }

  /** Whether audio files are made, and named by the template. */
  get sound(): boolean {
    return ['stems', 'mix'].includes(madeOf(this.what));
  }

  get formats(): ReturnType<typeof formatsFor> {
    return formatsFor(this.what);
  }

  /** The names of the files, or why there can be none. */
  get preview(): ReturnType<typeof previewNames> {
    const { what, heard, wanted, label, template, format } = this;
    const parts = madeOf(what) === 'mix' ? [label] : what === 'stems' ? wanted : heard;
    return previewNames(template, this.song.info, parts, format);
  }

  get ready(): boolean {
    const { what, job, stems, song, sound, preview, wanted } = this;
    return (
      job.running === null &&
      canExport(what, stems, song.verbs.area !== null, this.parents) &&
      !(sound && preview.problem !== null) &&
      !(what === 'stems' && wanted.length === 0)
    );
  }

  /** Never rejects: failures are a state of the job. */
  async run(): Promise<void> {
    await this.song.shape.asked();
    const { what, job, song, format, details, app } = this;
    if (what === 'project') return job.perform((name) => song.project.collect(name));
    const { session } = song.info;
    const settings = this.settings();
    if (what === 'selection') return this.exportSelected(settings);
    app.preferences.set({ exported: { what, format, details: { ...details } } });
    const part = this.onlySelection && song.view.selection;
    const order = {
      ...{ session, settings },
      range: part ? { start: part.start, count: part.end - part.start } : undefined,
    };
    if (what === 'dawproject' || what === 'reaper') {
      const project = handOverOrder(song, what, app.settings.t);
      return job.perform((name) => app.client.handOver({ job: name, ...order, ...project }));
    }
    const makes = madeOf(what) === 'mix' ? 'mix' : 'stems';
    return job.run({ ...order, what: makes, mixer: this.mixer(), label: this.label });
  }

  /** What a mix is called in its file's name. */
  private get label(): string {
    return madeOf(this.what) === 'mix' ? this.what : 'mix';
  }

  private settings(): SeparationSettingsInput {
    const { what, format, details, sound, template, wanted, stems, song } = this;
    const some = what === 'stems' && wanted.length < stems.length;
    return {
      ...{ format, model: song.info.separation?.model ?? 'source', ...(sound && { template }) },
      ...exactSettings(format, details),
      ...(some && { stems: [...wanted] }),
    };
  }

  private mixer(): ExportOrder['mixer'] {
    const { what, song } = this;
    return this.intended() ?? (what === 'mix' ? song.mixer.forExport(song.info.tracks) : {});
  }

  /** The mix of a kind that says what is in it; null for the others. */
  private intended(): ReturnType<typeof mixFor> | null {
    const { what, song, asMixed, practised } = this;
    if (what !== 'karaoke' && what !== 'acappella' && what !== 'practice') return null;
    return mixFor(what, song.mixer.forStems(song.info.tracks), asMixed, practised, this.parents);
  }

  /** What is selected in the lane that is meant, as one file. */
  private exportSelected(settings: SeparationSettingsInput): Promise<void> {
    const { verbs, current, info } = this.song;
    const bytes = verbs.mask?.().encode() as Uint8Array<ArrayBuffer> | undefined;
    if (!bytes) return Promise.resolve();
    const { session } = info;
    const { strength, phase } = verbs;
    return this.job.perform(async (name) => {
      const mask = await sendMask(session, bytes);
      const part = { session, track: current.id, mask, strength: strength / 100, ...(phase && { phase }) };
      return this.app.client.exportSelection({ job: name, ...part, settings });
    });
  }
}
