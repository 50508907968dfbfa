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
  'project.saved': 'Enregistré à {time} – modifications conservées',
  'project.title': 'Projets',
  'project.open': 'Ouvrir un projet',
  'project.none': 'Aucun projet pour l’instant : chaque morceau ouvert en devient un.',
  'project.choose': 'Choisir un dossier…',
  'project.lost.title': 'Où est le morceau ?',
  'project.lost.choose': 'Localiser le morceau…',
  'project.recovered': 'Le projet n’a pas été fermé correctement',
  'project.recovered.partly': 'Tout n’a pas pu être restauré',
  'project.recovered.applied': 'Modifications restaurées : {count}.',
  'project.recovered.lost':
    'Dernières modifications illisibles : {count}. Leur texte se trouve dans le dossier du projet.',
  'project.recovered.previous':
    'Le fichier du projet était endommagé : voici l’état avant le dernier enregistrement. Le fichier endommagé se trouve dans le dossier du projet.',
  'project.recovered.stems': 'Les stems sont introuvables : séparez à nouveau le morceau.',
  'project.recovered.drawing':
    'Une partie de ce qui était dessiné est illisible et a été écartée ; elle se trouve dans drawn.damaged.json, dans le dossier du projet.',
  'project.recovered.masks': 'Des masques de retouches manquent : ces retouches sont désactivées.',
  'shortcut.save': 'Enregistrer le projet',
  'shortcut.saveAs': 'Enregistrer comme nouveau projet',
  'shortcut.openProject': 'Ouvrir un projet',
  'project.saveName': 'Nom du projet',
  'project.saveWhere': 'Il figure dans « Tous les projets », et chaque modification y est conservée.',
  'project.reopened': 'Ce morceau avait déjà été ouvert : voici votre travail.',
  'project.startAgain': 'Repartir du fichier',
  'project.kept': 'Modifications conservées',
  'project.keptHint':
    'Conservé sur cet ordinateur, sans nom pour l’instant. « Enregistrer » lui donne un nom et un emplacement.',
  'project.keeping': 'Conservation des modifications…',
  'project.notKept': 'Non conservé : {reason}',
  'project.elsewhere': 'Ouvert dans une autre fenêtre : lecture seule ici',
  'project.retry': 'Réessayer',
  'project.unnamed': 'pas encore nommé',
  'project.noStems': 'non séparé',
  'project.running': 'séparation en cours',
  'project.rename': 'Renommer {name}',
  'project.renameTitle': 'Renommer le morceau',
  'project.newName': 'Nouveau nom',
  'project.delete': 'Supprimer {name}',
  'project.deleteTitle': 'Supprimer « {name} » ?',
  'project.deleteAsk':
    'Ses pistes, ses retouches et ses réglages de mixage seront supprimés définitivement. Le fichier audio ouvert reste à sa place.',
  'project.deleteYes': 'Supprimer',
  'project.keepIt': 'Conserver',
  'project.wouldLose':
    'Les dernières modifications n’ont pas pu être conservées et seraient perdues. {reason}',
  'project.loseIt': 'Continuer sans elles',
  'project.interrupted': 'La séparation a été interrompue à la fermeture d’Unbraid.',
  'project.separateOn': 'Séparer maintenant',
  'project.home': 'Tous les projets',
  'room.title': 'Espace des morceaux sans nom',
  'room.used': '{used} utilisés',
  'room.limit': 'Limite, Gio',
  'room.mayDelete': 'Quand l’espace est plein, supprimer les morceaux les plus anciennement modifiés',
  'room.full':
    'Les morceaux sans nom occupent plus de {limit}. Les plus anciennement modifiés peuvent-ils être supprimés ? D’abord : {names}',
  'room.delete': 'Les supprimer, cette fois et les suivantes',
  'connection.away':
    'Unbraid ne répond pas. Relancez-le avec « unbraid serve --port {port} » ; cette page reprendra d’elle-même.',
  'connection.refused':
    'Unbraid tourne de nouveau, mais ne connaît plus cette page. Relancez « unbraid serve --port {port} » et ouvrez l’adresse affichée.',
  'shortcut.allProjects': 'Afficher tous les projets',
};
