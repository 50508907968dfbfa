import type { EditRecord } from '../../src-main/common/document/records.js';
import { decimal } from '../base/figures.js';
import { areaWords } from '../editor/edits/area-words.js';
import { formatDb, formatTime } from '../shared/format.js';
import type { TextKey } from '../shared/strings/en/index.js';
import { trackTitle } from '../shared/title.js';
import type { HistoryStep } from '../state/history-steps.js';
import type { Settings } from '../state/settings.svelte.js';
import { stepWords } from '../tracks/step-words.js';

/** The song whose steps these are. */
interface Song {
  readonly list: { readonly givenName: (id: string) => string | null };
  readonly info: { readonly sampleRate: number };
}

/** Steps that say how much of which stem they were about. */
const edited: Readonly<Record<string, Extract<TextKey, `history.${string}`>>> = {
  'step.edit.move': 'history.move',
  'step.edit.copy': 'history.copy',
  'step.edit.attenuate': 'history.attenuate',
  'step.edit.quieter': 'history.quieter',
  'step.edit.debleed': 'history.debleed',
  'step.edit.heal': 'history.heal',
  'step.edit.clone': 'history.clone',
};

export interface StepText {
  readonly words: string;
  /** Where, or to what; empty where the words say it all. */
  readonly detail: string;
}

/** What a step of the history was, for a list of them. */
export function historyWords(song: Song, step: HistoryStep, t: Settings['t']): StepText {
  const added = Object.values(step.diff?.added ?? {});
  const edits = added.filter((record) => record.type === 'edit').sort((a, b) => a.order - b.order);
  const key = Object.hasOwn(edited, step.name.text) ? edited[step.name.text] : undefined;
  if (key && edits.length > 0) return editText(song, key, edits, t);
  return { words: stepWords(song, step.name, t), detail: detailOf(song, step, t) };
}

function editText(
  song: Song,
  key: Extract<TextKey, `history.${string}`>,
  edits: readonly EditRecord[],
  t: Settings['t'],
): StepText {
  const { sampleRate } = song.info;
  const [first] = edits;
  const title = (id: string): string => trackTitle(song.list, { id, name: id, kind: 'stem' }, t);
  const seconds = (first.end - first.start) / sampleRate;
  const words = t(key, {
    seconds: decimal(seconds, seconds < 1 ? 2 : 1),
    from: first.sources.map(title).join(', '),
    to: first.target === null ? '' : title(first.target),
  });
  const all = edits.length > 1 ? t('history.more', { step: words, count: edits.length - 1 }) : words;
  const whole = first.low <= 0 && first.high >= sampleRate / 2;
  const band = whole ? null : { low: first.low, high: first.high };
  return { words: all, detail: areaWords({ ...first, band }, sampleRate, t) };
}

function detailOf({ info: { sampleRate } }: Song, { diff, drawn }: HistoryStep, t: Settings['t']): string {
  if (drawn) {
    const { selection, band } = drawn;
    return selection ? areaWords({ ...selection, band }, sampleRate, t) : '';
  }
  const [updated] = Object.values(diff?.updated ?? {});
  if (updated) {
    const [from, to] = updated;
    if (from.type === 'track' && to.type === 'track' && from.gainDb !== to.gainDb)
      return `${formatDb(from.gainDb)} → ${formatDb(to.gainDb)} dB`;
  }
  const beats = [...Object.values(diff?.added ?? {}), ...(updated ? [updated[1]] : [])].find(
    (record) => record.type === 'beats',
  );
  if (beats) return `${decimal(beats.bpm, 1)} BPM`;
  const marker = Object.values(diff?.added ?? {}).find((record) => record.type === 'marker');
  return marker ? formatTime(marker.frame / sampleRate, 2) : '';
}
