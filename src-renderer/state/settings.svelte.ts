import {
  languageIds,
  languageOf,
  nextLanguage,
  type Language,
} from '../../src-main/common/contract/languages.js';
import { setFigures } from '../base/figures.js';
import { setKeyNames } from '../base/key-names.js';
import type { TextKey } from '../shared/strings/en/index.js';
import { textsOf } from '../shared/strings/languages.js';
import { fillText } from '../shared/strings/fill.js';
import type { AxisKind } from '../picture/axis.js';
import type { LevelScale } from '../picture/look.js';
import type { WaveScale } from '../picture/wave/wave-axis.js';
import type { ColourMapName } from '../picture/colour-maps.js';
import { keptLook } from './kept-view.js';
import type { TileRequest } from '../../src-main/common/contract/session.js';

export type Theme = 'dark' | 'light';

/** 50 % to 93.75 % of overlap. */
export const overlapFactors = [2, 4, 8, 16] as const;
export type OverlapFactor = (typeof overlapFactors)[number];

const storageKey = 'unbraid.settings';

interface Stored {
  theme: Theme;
  language: Language;
}

function stored(): Partial<Stored> {
  try {
    return JSON.parse(localStorage.getItem(storageKey) ?? '{}') as Partial<Stored>;
  } catch {
    return {};
  }
}

/** What a person sets once: theme, language, and the look of spectrograms. */
export class Settings {
  theme = $state<Theme>('dark');
  language = $state<Language>('en');
  /** The side panel is open; where there is little room it is closed at first. */
  panelOpen = $state(window.innerWidth >= 1100);

  axis = $state<AxisKind>('log');
  colours = $state<ColourMapName>('magma');
  /** The window's length, samples; it follows the zoom instead, or several are combined, or it is reassigned. */
  nFft = $state(2048);
  windows = $state<'one' | 'zoom' | 'combined' | 'reassigned'>('one');
  /** What of a song's channels is shown. */
  channels = $state<TileRequest['channels']>('all');
  window = $state<TileRequest['window']>('hann');
  /** Frames that cover a sample: the hop is the window's length divided by it. */
  overlap = $state<OverlapFactor>(4);
  /** What the colour stands for. */
  scale = $state<LevelScale>('db');
  /** The range of colours follows what is in view; else it is this: */
  autoRange = $state(true);
  /** The waveform is drawn over the spectrogram. */
  waveOver = $state(false);
  waveScale = $state<WaveScale>('db');
  /** The spectrum at the pointer is shown below the lanes. */
  spectrum = $state(false);
  /** Added to the level before it is coloured, dB; and the span from black to full colour, dB. */
  gainDb = $state(18);
  rangeDb = $state(84);

  constructor() {
    Object.assign(this, keptLook());
    const saved = stored();
    if (saved.theme === 'light') this.theme = 'light';
    const known = languageIds.find((id) => id === saved.language);
    this.language = known ?? languageOf(navigator.language);
    this.apply();
  }

  /** The text of a key in the language of the page. */
  readonly t = (key: TextKey, values?: Readonly<Record<string, string | number>>): string =>
    fillText(textsOf[this.language][key], values);

  /** How dates, times and figures are written: as the system has it for this language (British English has 24 hours). */
  get locale(): string {
    const { language } = this;
    return navigator.languages.find((tag) => tag.split('-')[0] === language) ?? language;
  }

  toggleTheme(): void {
    this.theme = this.theme === 'dark' ? 'light' : 'dark';
    this.apply();
  }

  setLanguage(language: Language): void {
    this.language = language;
    this.apply();
  }

  /** For keys and menus: the next language of the list. */
  toggleLanguage(): void {
    this.setLanguage(nextLanguage(this.language));
  }

  private apply(): void {
    document.documentElement.dataset.theme = this.theme;
    document.documentElement.lang = this.language;
    setFigures(this.locale);
    setKeyNames((key) => this.t(`key.${key}`), navigator.platform.startsWith('Mac'));
    const { theme, language } = this;
    try {
      localStorage.setItem(storageKey, JSON.stringify({ theme, language }));
    } catch {
      // Without storage the choice lasts as long as the page.
    }
  }
}
