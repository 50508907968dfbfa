import type { handOver as english } from '../en/hand-over.js';

/** Texts of what other programs are given, and of what goes to another machine, in French. */
export const handOver: Readonly<Record<keyof typeof english, string>> = {
  'export.selection': 'La sélection dans « {name} »',
  'export.selectionNone': 'La sélection',
  'export.dawproject': 'DAWproject',
  'export.reaper': 'Projet Reaper',
  'export.dawproject.hint':
    'Un fichier pour Bitwig Studio, Cubase, Studio One et d’autres : les stems retouchés en WAV, avec noms, couleurs, niveaux, panoramiques, mutes, solos et automation des niveaux.',
  'export.reaper.hint':
    'Une archive zip avec un dossier : le .rpp et les stems retouchés en WAV, avec noms, couleurs, niveaux, panoramiques, mutes, solos et automation des niveaux. À décompresser avant de l’ouvrir dans Reaper.',
  'export.project': 'Projet complet (une archive zip)',
  'export.project.hint':
    'Le projet avec le morceau, les stems, les retouches et tous les réglages, pour continuer sur une autre machine. Ouvrez-le là-bas depuis la liste des projets, ou décompressez-le et ouvrez le dossier.',
  'palette.collect': 'Tout rassembler dans une archive zip',
  'project.unpack': 'Ouvrir un projet rassemblé (.zip)…',
};
