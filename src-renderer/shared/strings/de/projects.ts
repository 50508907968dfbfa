import type { projects as english } from '../en/projects.js';

/** Texte über Projekte auf der Platte. */
export const projects: Record<keyof typeof english, string> = {
  'app.save': 'Speichern',
  'projects.openElsewhere':
    '„{name}“ ist in einem anderen Fenster geöffnet. Wird es auch hier geöffnet, speichert das andere Fenster keine Änderungen mehr.',
  'app.openElsewhere': '„{name}“ ist in einem anderen Fenster geöffnet.',
  'app.takenOver': 'Ein anderes Fenster hat diesen Song übernommen; hier ist er schreibgeschützt.',
  'app.takeBack': 'Hier weiterarbeiten',
  'projects.takeOver': 'Hier öffnen',
  'project.saved': 'Gespeichert {time}',
  'project.saving': 'Wird gespeichert',
  'project.title': 'Projekte',
  'project.open': 'Projekt öffnen',
  'project.none': 'Noch keine Projekte: einen Song öffnen und speichern.',
  'project.choose': 'Ordner wählen …',
  'project.lost.title': 'Wo ist der Song?',
  'project.lost.choose': 'Song suchen …',
  'project.recovered': 'Das Projekt wurde nicht ordnungsgemäß geschlossen',
  'project.recovered.applied': 'Wiederhergestellte Änderungen: {count}.',
  'project.recovered.lost': 'Nicht lesbare Änderungen am Ende: {count}. Ihr Text liegt im Projektordner.',
  'project.recovered.previous':
    'Die Projektdatei war beschädigt: Dies ist der Stand vor dem letzten Speichern. Die beschädigte Datei liegt im Projektordner.',
  'project.recovered.stems': 'Die Stems fehlen: den Song neu trennen.',
  'project.recovered.masks': 'Masken von Bearbeitungen fehlen: Diese Bearbeitungen sind ausgeschaltet.',
  'shortcut.save': 'Projekt speichern',
  'shortcut.saveAs': 'Als neues Projekt speichern',
  'shortcut.openProject': 'Projekt öffnen',
};
