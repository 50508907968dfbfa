import type { Progress } from '../../src-main/common/jobs/progress.js';

/** Least time that is left of work when it begins to be shown, seconds: what comes and goes at once would only flicker. */
const leastEta = 0.5;

/** Whether work takes long enough to be shown; once it is, until it ends. Call it while a component is made. */
export function lasting(progress: () => Progress | null): { readonly shown: boolean } {
  let shown = $state(false);
  const isLong = $derived((progress()?.eta ?? 0) > leastEta);
  $effect(() => {
    if (progress() === null) shown = false;
    else if (isLong) shown = true;
  });
  return {
    get shown() {
      return shown;
    },
  };
}
