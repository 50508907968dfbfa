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
  'project.saved': 'Gespeichert {time} – alle Änderungen gesichert',
  'project.title': 'Projekte',
  'project.open': 'Projekt öffnen',
  'project.none': 'Noch keine Projekte: Jeder geöffnete Song wird eines.',
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
  'project.kept': 'Alle Änderungen gesichert',
  'project.keptHint':
    'Auf diesem Computer gesichert, noch ohne Namen. „Speichern“ gibt dem Song einen Namen und einen Ort.',
  'project.keeping': 'Änderungen werden gesichert …',
  'project.notKept': 'Nicht gesichert: {reason}',
  'project.retry': 'Noch einmal versuchen',
  'project.unnamed': 'noch ohne Namen',
  'project.noStems': 'nicht getrennt',
  'project.running': 'wird getrennt',
  'project.rename': '{name} umbenennen',
  'project.renameTitle': 'Song umbenennen',
  'project.newName': 'Neuer Name',
  'project.delete': '{name} löschen',
  'project.deleteTitle': '„{name}“ löschen?',
  'project.deleteAsk':
    'Stems, Bearbeitungen und Mixereinstellungen werden endgültig gelöscht. Die geöffnete Audiodatei bleibt, wo sie ist.',
  'project.deleteYes': 'Löschen',
  'project.keepIt': 'Behalten',
  'project.wouldLose': 'Die letzten Änderungen konnten nicht gesichert werden und gingen verloren. {reason}',
  'project.loseIt': 'Ohne sie fortfahren',
  'project.interrupted': 'Die Trennung wurde unterbrochen, als Unbraid beendet wurde.',
  'project.separateOn': 'Jetzt trennen',
  'project.home': 'Alle Projekte',
  'room.title': 'Platz für Songs ohne Namen',
  'room.used': '{used} belegt',
  'room.limit': 'Grenze, GiB',
  'room.mayDelete': 'Wenn der Platz voll ist, die am längsten nicht bearbeiteten Songs löschen',
  'room.full':
    'Songs ohne Namen belegen mehr als {limit}. Dürfen die am längsten nicht bearbeiteten gelöscht werden? Zuerst: {names}',
  'room.delete': 'Löschen, jetzt und künftig',
  'connection.away':
    'Unbraid antwortet nicht. Starten Sie es mit „unbraid serve --port {port}“ neu; diese Seite macht dann von selbst weiter.',
  'connection.refused':
    'Unbraid läuft wieder, kennt diese Seite aber nicht mehr. Führen Sie „unbraid serve --port {port}“ noch einmal aus und öffnen Sie die ausgegebene Adresse.',
  'shortcut.allProjects': 'Alle Projekte zeigen',
};
