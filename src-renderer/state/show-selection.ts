import type { Band } from '../picture/axis.js';
import { clampSpan, type Span } from '../picture/viewport.js';
import type { SongView } from './view.svelte.js';

/** What of the song is on screen. */
interface Shown {
  readonly span: Span;
  readonly band: Band | null;
}

/** Where each view came from and went to. */
const shownBefore = new WeakMap<SongView, { readonly from: Shown; readonly to: Shown }>();

/** Shows the selection with some room around it; if that is what is shown, what was on screen before it. */
export function showSelection(view: SongView): void {
  const { span, band, selection, selectedBand } = view;
  const before = shownBefore.get(view);
  if (before && span === before.to.span && band === before.to.band) {
    view.span = clampSpan({ ...before.from.span, width: span.width }, view.length);
    view.band = before.from.band;
    shownBefore.delete(view);
    return;
  }
  if (!selection) return;
  const { start, end } = selection;
  const room = 0.1 * (end - start);
  const framesPerPixel = (end - start + 2 * room) / span.width;
  view.following = false;
  view.span = clampSpan({ ...span, start: start - room, framesPerPixel }, view.length);
  if (selectedBand) view.showBand(selectedBand.low / 1.25, selectedBand.high * 1.25);
  shownBefore.set(view, { from: { span, band }, to: { span: view.span, band: view.band } });
}
