/** The stem that most models have, so that there is something to compare; of several the vocals, else the first. */
export function mostShared(models: readonly (readonly string[])[]): string {
  const count = (stem: string): number => models.filter((stems) => stems.includes(stem)).length;
  const stems = [...new Set(models.flat())];
  const most = stems.filter((stem) => count(stem) === Math.max(...stems.map(count)));
  return most.includes('vocals') ? 'vocals' : (most[0] ?? '');
}

/** Where an excerpt of so many seconds begins: at the playhead, or earlier where the song ends before it does. */
export function excerptStart(
  song: {
    readonly player: { readonly position: number };
    readonly info: { readonly frames: number; readonly sampleRate: number };
  },
  seconds: number,
): number {
  const { frames, sampleRate } = song.info;
  return Math.max(0, Math.min(song.player.position, frames - seconds * sampleRate)) / sampleRate;
}
