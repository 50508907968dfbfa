import { Abx } from '../base/abx.svelte.js';
import type { ReportPlayer } from './report-player.svelte.js';

/** An ABX test of what a player has; `systems` are those that take part, in their order, when a test begins. */
export function abxOf(player: ReportPlayer, systems: () => readonly string[]): Abx {
  return new Abx({
    get heard() {
      return player.playing ? systems().indexOf(player.heard) : null;
    },
    play: async (row) => {
      player.choose(systems()[row]);
      if (!player.playing) await player.toggle();
    },
    stop: () => player.pause(),
  });
}

/** Does what a key means in a test; false for keys that mean nothing there. */
export function abxKey(abx: Abx, key: string): boolean {
  const which = (['a', 'b', 'x'] as const).find((one) => one === key.toLowerCase());
  if (which) void abx.hear(which);
  else if (key === '1' || key === '2') abx.answer(key === '1' ? 'a' : 'b');
  else return false;
  return true;
}
