import { Scope } from '../base/scope.js';
import { PageShaper, type LiveSong } from './page-shaper.js';

/** What the page tells the thread that shapes pages; see PageShaper. */
export type ShaperMessage =
  | { readonly song: LiveSong }
  | { readonly page: number; readonly samples: readonly Float32Array[] }
  | { readonly keep: readonly number[] }
  | { readonly again: number }
  | { readonly values: readonly number[] | null };

/** Milliseconds until it looks again whether the place that is heard has moved on. */
const restMs = 20;

const scope = new Scope();
let shaper: PageShaper | undefined;
let end = (): void => undefined;

/** One block a turn, so that newer values are seen before the next. */
function turn(): void {
  const more = shaper?.step() ?? false;
  end = scope.timer(turn, more ? 0 : restMs);
}

function take(message: ShaperMessage): void {
  if ('song' in message) shaper = new PageShaper(message.song);
  else if ('page' in message) shaper?.give(message.page, message.samples);
  else if ('keep' in message) shaper?.keep(message.keep);
  else if ('again' in message) shaper?.again(message.again);
  else {
    shaper?.want(message.values);
    end();
    if (message.values) end = scope.timer(turn);
  }
}

scope.listen(globalThis, 'message', (event) => take((event as MessageEvent<ShaperMessage>).data));
