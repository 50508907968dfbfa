/** The stem that each stem of a recipe was separated from; those of the song itself are left out. */
export type StemParents = Readonly<Record<string, string>>;

/**
 * Pieces that stems are separated into, by the names that models give them, where no recipe says it; one of `sure` must be
 * among them.
 */
const pieces: Readonly<
  Record<string, { readonly names: readonly string[]; readonly sure: readonly string[] }>
> = {
  drums: {
    names: ['kick', 'snare', 'hihat', 'hh', 'toms', 'cymbals', 'ride', 'crash', 'rest'],
    sure: ['kick', 'snare'],
  },
  vocals: { names: ['lead', 'backing', 'dry', 'reverb'], sure: ['lead', 'dry'] },
};

/** Whether a recipe has separated a stem from another, in one step or in several. */
function comesFrom(stem: string, name: string, parents: StemParents): boolean {
  const parent = Object.hasOwn(parents, stem) ? parents[stem] : undefined;
  return parent !== undefined && (parent === name || comesFrom(parent, name, parents));
}

/**
 * The stems that together are `name`: itself, written in capitals or not, or its pieces: those that the recipe has separated from it; else, by their
 * names, kick, snare and so on for the drums, lead and backing for the vocals. None where there are neither, or where all
 * stems are pieces of it: then it is the song.
 */
export function piecesOf(
  name: string,
  stems: readonly string[],
  parents: StemParents = {},
): readonly string[] {
  if (stems.includes(name)) return [name];
  const alike = stems.filter((stem) => stem.toLowerCase() === name.toLowerCase());
  if (alike.length === 1) return alike;
  const made = stems.filter((stem) => comesFrom(stem, name, parents));
  if (made.length > 0) return made;
  const known = Object.hasOwn(pieces, name) ? pieces[name] : undefined;
  if (!known) return [];
  const found = stems.filter((stem) => known.names.includes(stem.toLowerCase()));
  const sure = found.some((stem) => known.sure.includes(stem.toLowerCase()));
  return sure && found.length < stems.length ? found : [];
}

/** Settings by stem in which those of a stem that is there in pieces are settings of its pieces; their own go before. */
export function forPieces<T extends object>(
  settings: Readonly<Record<string, T>>,
  stems: readonly string[],
  parents: StemParents = {},
): Record<string, T> {
  const made: Record<string, T> = {};
  const names = Object.keys(settings);
  const whole = names.filter((name) => !stems.includes(name));
  for (const name of [...whole, ...names.filter((one) => stems.includes(one))]) {
    const own = piecesOf(name, stems, parents);
    for (const stem of own.length > 0 ? own : [name]) made[stem] = { ...made[stem], ...settings[name] };
  }
  return made;
}
