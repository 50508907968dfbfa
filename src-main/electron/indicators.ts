import type { BrowserWindow, Notification, PowerSaveBlocker } from 'electron';
import type { JobIndicators } from './job-watcher.js';
import type { ShellTexts } from './texts/shell-texts.js';

export interface IndicatorOptions {
  readonly window: () => BrowserWindow | undefined;
  readonly powerSaveBlocker: Pick<PowerSaveBlocker, 'start' | 'stop'>;
  readonly Notification: typeof Notification;
  readonly texts: () => ShellTexts;
  /** What a click on a notification does. */
  readonly focus: () => void;
}

/** The taskbar's progress, the system's sleep and its notifications. */
export function systemIndicators(options: IndicatorOptions): JobIndicators {
  const { window, powerSaveBlocker, Notification, texts, focus } = options;
  let blocker: number | undefined;
  return {
    // −1 takes the bar away.
    setProgress: (fraction) => window()?.setProgressBar(fraction ?? -1),
    keepAwake: (on) => {
      if (on) blocker ??= powerSaveBlocker.start('prevent-app-suspension');
      else if (blocker !== undefined) {
        powerSaveBlocker.stop(blocker);
        blocker = undefined;
      }
    },
    notify: (outcome) => {
      if (!Notification.isSupported()) return;
      const notification = new Notification({ title: 'Unbraid', body: texts().jobs[outcome] });
      notification.on('click', focus);
      notification.show();
    },
  };
}
