/** The stem that most models have, so that there is something to compare; of several the vocals, else the first. */
export function mostShared(models: readonly (readonly string[])[]): string {
  const count = (stem: string): number => models.filter((stems) => stems.includes(stem)).length;
  const stems = [...new Set(models.flat())];
  const most = stems.filter((stem) => count(stem) === Math.max(...stems.map(count)));
  return most.includes('vocals') ? 'vocals' : (most[0] ?? '');
}
