import { getContext, setContext } from 'svelte';
import type { WireError } from '../../src-main/common/base/errors.js';
import type { Pictures } from '../picture/pictures.js';
import type { AppController } from '../state/app.svelte.js';
import type { Settings } from '../state/settings.svelte.js';
import { failureLine, failureWords, type FailureWords } from './failure-words.js';

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

/** Words for failures, in the language of the page; call it while a component is made. */
export function useFailures(): {
  readonly words: (error: WireError) => FailureWords;
  readonly line: (error: WireError) => string;
} {
  const { settings } = useApp();
  return {
    words: (error) => failureWords(error, settings),
    line: (error) => failureLine(error, settings),
  };
}

/** The texts of the page; call it while a component is made. */
export function useTexts(): Settings['t'] {
  return useApp().settings.t;
}
