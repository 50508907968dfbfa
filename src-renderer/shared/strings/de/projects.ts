import type { projects as english } from '../en/projects.js';

/** Texte über Projekte auf der Platte. */
export const projects: Record<keyof typeof english, string> = {
  'app.save': 'Sichern',
  'projects.openElsewhere':
    '„{name}“ ist in einem anderen Fenster offen. Wird es hier geöffnet, bewahrt jenes Fenster keine Änderungen mehr auf.',
  'app.openElsewhere': '„{name}“ ist in einem anderen Fenster offen.',
  'app.takenOver': 'Ein anderes Fenster hat dieses Stück übernommen: hier kann man es nur noch ansehen.',
  'app.takeBack': 'Hier weiterarbeiten',
  'projects.takeOver': 'Hier öffnen',
  'project.saved': 'Gesichert {time}',
  'project.saving': 'Wird gesichert',
  'project.title': 'Projekte',
  'project.open': 'Projekt öffnen',
  'project.none': 'Es gibt noch kein Projekt: einen Song öffnen und sichern.',
  'project.choose': 'Ordner wählen …',
  'project.lost.title': 'Wo ist der Song?',
  'project.lost.choose': 'Song wählen …',
  'project.recovered': 'Das Projekt wurde nicht wie üblich geschlossen',
  'project.recovered.applied': 'Änderungen, die wieder da sind: {count}.',
  'project.recovered.lost':
    'Änderungen am Ende, die nicht lesbar waren: {count}. Ihr Text liegt im Ordner des Projekts.',
  'project.recovered.previous':
    'Die Datei des Projekts war beschädigt: Dies ist der Stand vor der letzten Sicherung. Die beschädigte Datei liegt im Ordner des Projekts.',
  'project.recovered.stems': 'Die Stems sind nicht mehr da: den Song noch einmal trennen.',
  'project.recovered.masks': 'Masken von Bearbeitungen fehlen: Diese Bearbeitungen sind ausgeschaltet.',
  'shortcut.save': 'Projekt sichern',
  'shortcut.saveAs': 'Als weiteres Projekt sichern',
  'shortcut.openProject': 'Projekt öffnen',
};
