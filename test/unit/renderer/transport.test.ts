import { describe, expect, it } from 'vitest';
import {
  returnToStart,
  toggleFollowing,
  toggleLoop,
  togglePlay,
  type Transported,
} from '../../../src-renderer/state/transport.js';

type Song = {
  readonly player: { playing: boolean; position: number };
  readonly view: { show: (frame: number) => void };
} & Transported;

function song(position: number, selection: Transported['view']['selection']): Song {
  const player = {
    playing: false,
    position,
    seek: (frame: number) => void (player.position = frame),
    play: () => void (player.playing = true),
    pause: () => void (player.playing = false),
  };
  const view = {
    selection,
    loop: false,
    playedFrom: 0,
    following: false,
    preRoll: 0,
    length: 1000,
    show: () => undefined,
    get loopRange(): Transported['view']['selection'] {
      return view.loop ? (selection ?? { start: 0, end: 1000 }) : null;
    },
  };
  return { player, view };
}

describe('the transport', () => {
  it('plays from the selection, and on from a playhead that is in it', () => {
    for (const [from, to] of [
      [50, 100],
      [199, 199],
      [200, 100],
    ]) {
      const one = song(from, { start: 100, end: 200 });
      togglePlay(one);
      expect([one.player.playing, one.player.position]).toEqual([true, to]);
      togglePlay(one);
      expect([one.player.playing, one.player.position]).toEqual([false, to]);
    }
    const free = song(50, null);
    togglePlay(free);
    expect(free.player.position).toBe(50);
  });

  it('follows the playhead from the moment it plays, until following is switched off', () => {
    const one = song(50, null);
    togglePlay(one);
    expect(one.view.following).toBe(true);
    toggleFollowing(one);
    expect(one.view.following).toBe(false);
    let shown = -1;
    one.view.show = (frame) => (shown = frame);
    toggleFollowing(one);
    expect([one.view.following, shown]).toEqual([true, 50]);
  });

  it('begins by the pre-roll earlier, and goes back to where it was aimed at', () => {
    const begin = (position: number, selection: Transported['view']['selection']): readonly number[] => {
      const one = song(position, selection);
      Object.assign(one.view, { preRoll: 30 });
      togglePlay(one);
      const from = one.player.position;
      returnToStart(one);
      return [from, one.player.position];
    };
    expect(begin(70, null)).toEqual([40, 70]);
    expect(begin(500, { start: 100, end: 200 })).toEqual([70, 100]);
    expect(begin(150, { start: 100, end: 200 })).toEqual([120, 150]);
    // The player begins again from the start there.
    expect(begin(1000, null)).toEqual([1000, 1000]);
  });

  it('goes back to where playing began', () => {
    const one = song(70, null);
    togglePlay(one);
    one.player.position = 400;
    returnToStart(one);
    expect([one.player.playing, one.player.position]).toEqual([false, 70]);
  });

  it('jumps into a loop that is turned on while it plays elsewhere', () => {
    const one = song(500, { start: 100, end: 200 });
    one.player.playing = true;
    toggleLoop(one);
    expect([one.view.loop, one.player.position]).toEqual([true, 100]);
    one.player.position = 600;
    toggleLoop(one);
    expect([one.view.loop, one.player.position]).toEqual([false, 600]);
    const still = song(500, { start: 100, end: 200 });
    toggleLoop(still);
    expect(still.player.position).toBe(500);
  });
});
