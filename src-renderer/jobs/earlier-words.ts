import type { EarlierStems } from '../../src-main/common/contract/session.js';
import type { SeparationSettings } from '../../src-main/common/jobs/settings.js';
import type { SeparatorSummary } from '../../src-main/common/contract/models.js';
import { formatBytes } from '../shared/format.js';
import { madeBy, stemTitle } from '../shared/title.js';
import type { Settings } from '../state/settings.svelte.js';

type Words = Settings['t'];

/** What is said of settings that a person chose; nothing of what is usual. */
const told = {
  overlap: ({ overlap }, t) =>
    overlap === undefined ? null : t('earlier.overlap', { percent: Math.round(100 * overlap) }),
  shifts: ({ shifts }, t) => (shifts === undefined ? null : t('earlier.shifts', { count: shifts })),
  segment: ({ segment }, t) => (segment === undefined ? null : t('earlier.segment', { seconds: segment })),
  wiener: ({ wiener }, t) => (wiener === undefined ? null : t('earlier.wiener', { count: wiener })),
  phase: ({ phase }, t) =>
    phase === undefined ? null : t('earlier.phase', { way: t(`separate.phases.${phase}`) }),
  averaging: ({ averaging }, t) => averaging?.map((way) => t(`earlier.${way}`)).join(', ') ?? null,
  residual: ({ residual }, t) => (residual === 'fold' ? null : t(`earlier.residual.${residual}`)),
} as const satisfies Partial<
  Record<keyof SeparationSettings, (settings: SeparationSettings, t: Words) => string | null>
>;

/** A set of earlier stems as a person knows it again. */
export interface EarlierWords {
  /** What made it, with the settings that were chosen for it. */
  readonly name: string;
  /** When it was made, and how large it is. */
  readonly detail: string;
  /** Both; sets that would be called alike have their time. */
  readonly label: string;
}

/** What earlier stems are called; `now` is today's time, milliseconds since 1970. */
export function earlierWords(
  sets: readonly EarlierStems[],
  models: readonly SeparatorSummary[],
  { t, locale }: Pick<Settings, 't' | 'locale'>,
  now: number,
): readonly EarlierWords[] {
  const names = sets.map((set) => nameOf(set, models, t));
  return sets.map(({ bytes, separation: { at } }, i) => {
    const time = at === undefined ? null : timeOf(at, now, locale);
    const alike = names.filter((name) => name === names[i]).length > 1;
    const detail = [time, formatBytes(bytes)].filter((part) => part !== null).join(' · ');
    return { name: names[i], detail, label: alike && time !== null ? `${names[i]}, ${time}` : names[i] };
  });
}

function nameOf(
  { stems, settings, separation: { model, range } }: EarlierStems,
  models: readonly SeparatorSummary[],
  t: Words,
): string {
  const own = madeBy(model, models, t);
  const title = range ? t('separate.part', { model: own }) : own;
  const words = Object.values(told).flatMap((say) => say(settings, t) ?? []);
  const names = settings.stems ? [stems.map((stem) => stemTitle(stem, t)).join(', ')] : [];
  return [title, ...words, ...names].join(' · ');
}

/** The time of day for today, else with the date. */
function timeOf(at: number, now: number, locale: string | undefined): string {
  const isToday = new Date(at).toDateString() === new Date(now).toDateString();
  return new Intl.DateTimeFormat(locale, {
    ...(isToday ? {} : { dateStyle: 'medium' as const }),
    timeStyle: 'short',
  }).format(at);
}
