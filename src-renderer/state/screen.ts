import type { SongController } from './song.svelte.js';

/**
 * What fills the window:
 *
 *   welcome → loading → editor → loading …
 *      ↑_________|
 */
export type Screen =
  | { readonly screen: 'welcome' }
  | { readonly screen: 'loading'; readonly name: string | null }
  | { readonly screen: 'editor'; readonly song: SongController };
