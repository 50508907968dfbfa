import { z } from 'zod';
import { channelViews } from '../../src-main/common/contract/session.js';
import { axisKinds } from '../picture/axis.js';
import { colourMapNames } from '../picture/colour-maps.js';
import { levelScales } from '../picture/look.js';
import { keptSpan, keptZoom } from '../picture/viewport.js';
import { waveScales } from '../picture/wave/wave-axis.js';
import { panelNames } from './panels.svelte.js';
import type { SongController } from './song.svelte.js';
import type { Verb } from './verb-edits.js';

const [lookKey, viewKey] = ['unbraid-look', 'unbraid-view'];

/** How the editor looks in this tab: how spectrograms are drawn, and whether the side panel is open. */
const lookSchema = z
  .object({
    axis: z.enum(axisKinds),
    colours: z.enum(colourMapNames),
    nFft: z.literal([512, 1024, 2048, 4096, 8192, 16384]),
    windows: z.enum(['one', 'zoom', 'combined', 'reassigned']),
    channels: z.enum(channelViews),
    window: z.enum(['hann', 'hamming', 'blackman', 'blackman-harris', 'sine', 'rectangular']),
    overlap: z.literal([2, 4, 8, 16]),
    scale: z.enum(levelScales),
    autoRange: z.boolean(),
    waveOver: z.boolean(),
    waveScale: z.enum(waveScales),
    spectrum: z.boolean(),
    panelOpen: z.boolean(),
    gainDb: z.number(),
    rangeDb: z.number().positive(),
  })
  .partial();
type Look = z.output<typeof lookSchema>;

const verbSchema: z.ZodType<Verb> = z.union([
  z.object({ kind: z.enum(['move', 'copy']), target: z.string() }),
  z.object({ kind: z.enum(['takeAway', 'attenuate', 'debleed', 'healTime', 'healBand', 'clone']) }),
]);

/** What is seen of a song, and what was done last in it; the session's id tells which song it is. */
const viewSchema = z.object({
  session: z.string(),
  /** In frames of the song. */
  start: z.number(),
  framesPerPixel: z.number().positive(),
  /** Hz. */
  band: z.object({ low: z.number(), high: z.number() }).nullable(),
  allEdits: z.boolean(),
  last: verbSchema.nullable(),
  panel: z.enum(panelNames),
});

/** What this tab has kept; undefined for nothing, or for what does not hold any more. */
function read<T>(key: string, schema: z.ZodType<T>): T | undefined {
  try {
    return schema.safeParse(JSON.parse(sessionStorage.getItem(key) ?? 'null')).data;
  } catch {
    return undefined;
  }
}

function write(key: string, value: object): void {
  try {
    sessionStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Without room, or without storage, it lasts as long as the page.
  }
}

/** Notes how the editor looks, so that it looks the same in this tab after a reload. */
export function keepLook(settings: Readonly<Record<keyof Look, unknown>>): void {
  const names = Object.keys(lookSchema.shape) as (keyof Look)[];
  write(lookKey, Object.fromEntries(names.map((name) => [name, settings[name]])));
}

/** How the editor looked in this tab before a reload. */
export function keptLook(): Look {
  return read(lookKey, lookSchema) ?? {};
}

/** Notes what is seen of a song, for the session that it has after a reload, or in a host that was started anew. */
export function keepView(song: SongController, session = song.info.session): void {
  const { view, shownEdits, verbs } = song;
  const { start } = view.span;
  const framesPerPixel = keptZoom(view.span, view.length);
  const { all: allEdits } = shownEdits;
  const { shown: panel } = view.panels;
  write(viewKey, { session, start, framesPerPixel, band: view.band, allEdits, last: verbs.last, panel });
}

/** Shows of a song what this tab has shown of it before. Its lanes have no width yet. */
export function takeUpView(song: SongController): void {
  const kept = read(viewKey, viewSchema);
  if (kept?.session !== song.info.session) return;
  const { view, shownEdits, verbs } = song;
  const { start, framesPerPixel, band, allEdits, last, panel } = kept;
  view.span = keptSpan(start, framesPerPixel, view.length);
  view.band = band;
  shownEdits.all = allEdits;
  verbs.takeUp(last);
  view.panels.shown = panel;
}
