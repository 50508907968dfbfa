import type { projects as english } from '../en/projects.js';

/** Texts of projects on disk, in French. */
export const projects: Readonly<Record<keyof typeof english, string>> = {
  'app.save': 'Enregistrer',
  'projects.openElsewhere':
    '« {name} » est ouvert dans une autre fenêtre. Si vous l’ouvrez aussi ici, l’autre fenêtre n’enregistrera plus les modifications.',
  'app.openElsewhere': '« {name} » est ouvert dans une autre fenêtre.',
  'app.takenOver': 'Une autre fenêtre a repris ce morceau ; il est ici en lecture seule.',
  'app.takeBack': 'Continuer ici',
  'projects.takeOver': 'Ouvrir ici',
  'project.saved': 'Enregistré à {time}',
  'project.saving': 'Enregistrement',
  'project.title': 'Projets',
  'project.open': 'Ouvrir un projet',
  'project.none': 'Aucun projet pour l’instant : ouvrez un morceau et enregistrez-le.',
  'project.choose': 'Choisir un dossier…',
  'project.lost.title': 'Où est le morceau ?',
  'project.lost.choose': 'Localiser le morceau…',
  'project.recovered': 'Le projet n’a pas été fermé correctement',
  'project.recovered.applied': 'Modifications restaurées : {count}.',
  'project.recovered.lost':
    'Dernières modifications illisibles : {count}. Leur texte se trouve dans le dossier du projet.',
  'project.recovered.previous':
    'Le fichier du projet était endommagé : voici l’état avant le dernier enregistrement. Le fichier endommagé se trouve dans le dossier du projet.',
  'project.recovered.stems': 'Les stems sont introuvables : séparez à nouveau le morceau.',
  'project.recovered.masks': 'Des masques de retouches manquent : ces retouches sont désactivées.',
  'shortcut.save': 'Enregistrer le projet',
  'shortcut.saveAs': 'Enregistrer comme nouveau projet',
  'shortcut.openProject': 'Ouvrir un projet',
};
