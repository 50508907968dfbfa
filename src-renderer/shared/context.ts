import { getContext, setContext } from 'svelte';
import type { Pictures } from '../picture/pictures.js';
import type { AppController } from '../state/app.svelte.js';
import type { Settings } from '../state/settings.svelte.js';

const appKey = Symbol('app');
const picturesKey = Symbol('pictures');

export function provideApp(app: AppController, pictures: Pictures): void {
  setContext(appKey, app);
  setContext(picturesKey, pictures);
}

export function useApp(): AppController {
  return getContext<AppController>(appKey);
}

/** What draws the spectrograms. */
export function usePictures(): Pictures {
  return getContext<Pictures>(picturesKey);
}

/** The texts of the page; call it while a component is made. */
export function useTexts(): Settings['t'] {
  return useApp().settings.t;
}
