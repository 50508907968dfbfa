/**
 * What a compared stem is called (`vocals`, `all but drums`, `bass + other`; see common/jobs/comparison.ts), with the words
 * of a language for one stem, and for all but one.
 */
export function comparedTitle(
  name: string,
  stem: (name: string) => string,
  allBut: (title: string) => string,
): string {
  const but = /^all but (.+)$/.exec(name);
  if (but) return allBut(stem(but[1]));
  return name.split(' + ').map(stem).join(' + ');
}
