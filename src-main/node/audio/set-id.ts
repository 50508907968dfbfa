/** The tag that says which set of stems a file belongs to, where the container takes tags of any name. */
export const setTag = 'unbraid_set';

const originator = 'Unbraid';

/** Tags of a Broadcast Wave `bext` chunk (EBU Tech 3285), by FFmpeg's names. */
const bextTags = [
  'originator',
  'originator_reference',
  'origination_date',
  'origination_time',
  'time_reference',
  'umid',
  'coding_history',
];

/** Whether tags need a `bext` chunk. */
export function hasBextTags(tags: Readonly<Record<string, string>>): boolean {
  return bextTags.some((key) => key in tags);
}

/**
 * The tags that carry the id of a set (32 hexadecimal digits): in a WAV the OriginatorReference of its `bext` chunk, as
 * long as the source has none; elsewhere a tag with a name of our own, which M4A drops.
 */
export function idTags(
  muxer: string,
  tags: Readonly<Record<string, string>>,
  id: string | undefined,
): Record<string, string> {
  if (id === undefined) return {};
  if (muxer === 'wav' && !hasBextTags(tags)) return { originator, originator_reference: id };
  return { [setTag]: id };
}

/** Whether the `bext` chunk of a file is ours; FFmpeg reads its originator as `encoded_by`. */
function isOurs(tags: Readonly<Record<string, string | undefined>>): boolean {
  return tags['encoded_by'] === originator || tags['originator'] === originator;
}

/** Tags without what `idTags` wrote: a stem that is separated again begins a new set. */
export function withoutSetId(
  tags: Readonly<Record<string, string | undefined>>,
): Record<string, string | undefined> {
  const ours = (key: string): boolean => key === setTag || (isOurs(tags) && bextTags.includes(key));
  return Object.fromEntries(Object.entries(tags).filter(([key]) => !ours(key.toLowerCase())));
}
