import { getContext, setContext } from 'svelte';
import type { AppController } from '../state/app.svelte.js';
import type { Settings } from '../state/settings.svelte.js';

const appKey = Symbol('app');

export function provideApp(app: AppController): void {
  setContext(appKey, app);
}

export function useApp(): AppController {
  return getContext<AppController>(appKey);
}

/** The texts of the page; call it while a component is made. */
export function useTexts(): Settings['t'] {
  return useApp().settings.t;
}
