import type { MenuState, PageCommand } from '../common/contract/host.js';
import type { JobOutcome } from './job-watcher.js';

type MenuName =
  'file' | 'edit' | 'tracks' | 'playback' | 'view' | 'help' | 'recent' | 'clearRecent' | 'noRecent';

/** Every text of the shell itself; the page has its own. */
export interface ShellTexts {
  readonly commands: Readonly<Record<PageCommand, string>>;
  readonly menus: Readonly<Record<MenuName, string>>;
  readonly jobs: Readonly<Record<JobOutcome, string>>;
  readonly songs: string;
  readonly allFiles: string;
}

const en: ShellTexts = {
  commands: {
    open: 'Open…',
    openDemo: 'Open the Demo Song',
    openProject: 'Open a Project…',
    save: 'Save',
    saveAs: 'Save As…',
    export: 'Export…',
    undo: 'Undo',
    redo: 'Redo',
    selectFrom: 'Selection Starts Here',
    selectTo: 'Selection Ends Here',
    selectNothing: 'Clear the Selection',
    mute: 'Mute',
    muteHere: 'Mute the Selection',
    solo: 'Solo',
    waveform: 'Waveform or Spectrogram',
    rename: 'Rename',
    trackAbove: 'Select the Track Above',
    trackBelow: 'Select the Track Below',
    moveUp: 'Move Up',
    moveDown: 'Move Down',
    play: 'Play or Pause',
    toStart: 'Go to the Start',
    toEnd: 'Go to the End',
    back: 'Back',
    forward: 'Forward',
    loop: 'Loop',
    compare: 'Compare with the Source',
    zoomIn: 'Zoom In',
    zoomOut: 'Zoom Out',
    fit: 'Show the Whole Song',
    panel: 'Side Panel',
    theme: 'Dark or Light Theme',
    language: 'Sprache: Deutsch',
    pageEditor: 'Editor',
    pageBatch: 'Batch',
    pageModels: 'Models',
    pageSettings: 'Settings',
    pageDiagnostics: 'Diagnostics',
    palette: 'Command Palette',
    shortcuts: 'Keyboard Shortcuts',
  },
  menus: {
    file: 'File',
    edit: 'Edit',
    tracks: 'Tracks',
    playback: 'Playback',
    view: 'View',
    help: 'Help',
    recent: 'Open Recent',
    clearRecent: 'Clear the List',
    noRecent: 'No Recent Files',
  },
  jobs: { done: 'The job is done.', failed: 'The job has failed.' },
  songs: 'Songs',
  allFiles: 'All files',
};

const de: ShellTexts = {
  commands: {
    open: 'Öffnen …',
    openDemo: 'Demo-Song öffnen',
    openProject: 'Projekt öffnen …',
    save: 'Sichern',
    saveAs: 'Sichern als …',
    export: 'Exportieren …',
    undo: 'Rückgängig',
    redo: 'Wiederholen',
    selectFrom: 'Auswahl beginnt hier',
    selectTo: 'Auswahl endet hier',
    selectNothing: 'Auswahl aufheben',
    mute: 'Stumm',
    muteHere: 'Auswahl stumm schalten',
    solo: 'Solo',
    waveform: 'Wellenform oder Spektrogramm',
    rename: 'Umbenennen',
    trackAbove: 'Spur darüber wählen',
    trackBelow: 'Spur darunter wählen',
    moveUp: 'Nach oben',
    moveDown: 'Nach unten',
    play: 'Wiedergabe oder Pause',
    toStart: 'Zum Anfang',
    toEnd: 'Zum Ende',
    back: 'Zurück',
    forward: 'Vor',
    loop: 'Schleife',
    compare: 'Mit der Quelle vergleichen',
    zoomIn: 'Vergrößern',
    zoomOut: 'Verkleinern',
    fit: 'Ganzes Stück zeigen',
    panel: 'Seitenleiste',
    theme: 'Dunkles oder helles Thema',
    language: 'Language: English',
    pageEditor: 'Editor',
    pageBatch: 'Stapel',
    pageModels: 'Modelle',
    pageSettings: 'Einstellungen',
    pageDiagnostics: 'Diagnose',
    palette: 'Befehlspalette',
    shortcuts: 'Tastenkürzel',
  },
  menus: {
    file: 'Datei',
    edit: 'Bearbeiten',
    tracks: 'Spuren',
    playback: 'Wiedergabe',
    view: 'Ansicht',
    help: 'Hilfe',
    recent: 'Zuletzt geöffnet',
    clearRecent: 'Liste leeren',
    noRecent: 'Keine zuletzt geöffneten Dateien',
  },
  jobs: { done: 'Der Auftrag ist fertig.', failed: 'Der Auftrag ist fehlgeschlagen.' },
  songs: 'Musik',
  allFiles: 'Alle Dateien',
};

export const shellTexts: Readonly<Record<MenuState['language'], ShellTexts>> = { en, de };
