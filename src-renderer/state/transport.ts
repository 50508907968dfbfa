import type { FrameRange } from './view.svelte.js';

/** What of an open song the transport's keys and buttons move. */
export interface Transported {
  readonly player: {
    readonly playing: boolean;
    readonly position: number;
    seek(frame: number): void;
    play(): void;
    pause(): void;
  };
  readonly view: {
    readonly selection: FrameRange | null;
    readonly loopRange: FrameRange | null;
    loop: boolean;
    playedFrom: number;
    readonly preRoll: number;
    readonly length: number;
    following: boolean;
  };
}

/** Goes to the start of a range unless the playhead is in it. */
function enter(player: Transported['player'], range: FrameRange | null): void {
  if (range && (player.position < range.start || player.position >= range.end)) player.seek(range.start);
}

/**
 * Pauses, or plays: from the start of the selection when there is one and the playhead is not in it, or by the pre-roll
 * before that. At the end of the song there is nothing to lead up to.
 */
export function togglePlay({ player, view }: Transported): void {
  if (player.playing) return player.pause();
  enter(player, view.selection);
  view.playedFrom = player.position;
  view.following = true;
  if (view.preRoll > 0 && player.position < view.length) player.seek(player.position - view.preRoll);
  player.play();
}

/** Stops, and goes back to where playing began, without its pre-roll. */
export function returnToStart({ player, view }: Transported): void {
  player.pause();
  player.seek(view.playedFrom);
}

/** Follows the playhead again, or leaves the view where it is. */
export function toggleFollowing({
  player,
  view,
}: Transported & { readonly view: { show(frame: number): void } }): void {
  view.following = !view.following;
  if (view.following) view.show(player.position);
}

/** Turns the loop on or off; what plays outside of it jumps in. */
export function toggleLoop({ player, view }: Transported): void {
  view.loop = !view.loop;
  if (player.playing) enter(player, view.loopRange);
}
