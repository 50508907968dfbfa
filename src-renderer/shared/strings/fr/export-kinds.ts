import type { exportKinds as english } from '../en/export-kinds.js';

/** Texts of what can be exported, in French. */
export const exportKinds: Readonly<Record<keyof typeof english, string>> = {
  'export.stems': 'Stems pour une STAN',
  'export.stems.hint':
    'Un fichier par stem, tel que séparé et retouché. Gains, panoramiques, mutes et automation ne s’appliquent pas : la somme des fichiers reste le morceau.',
  'export.stemsWanted': 'Stems à écrire',
  'export.karaoke': 'Karaoké',
  'export.karaoke.hint': 'Tout sauf la voix, en un seul fichier.',
  'export.acappella': 'A cappella',
  'export.acappella.hint': 'La voix seule, en un seul fichier.',
  'export.practice': 'Mix d’entraînement',
  'export.practice.hint': 'Tous les stems en un seul fichier, celui que vous jouez étant atténué.',
  'export.practice.stem': 'Atténuer',
  'export.practice.dB': 'De, dB',
  'export.dj': 'Fichier Stem pour DJ',
  'export.dj.hint':
    'Un fichier contenant le mix et ses quatre stems, pour Traktor et d’autres logiciels de DJ. Il faut exactement quatre stems.',
  'export.mix': 'Mix entendu',
  'export.mix.hint':
    'Ce que vous entendez, en un seul fichier : gains, panoramiques, mutes, solos et automation s’appliquent.',
  'export.selection.hint':
    'Ce qui est sélectionné sur cette piste, en un seul fichier, du premier au dernier échantillon.',
  'export.asMixed':
    'Appliquer les gains, panoramiques et l’automation du mixeur (mutes et solos ne comptent pas)',
  'export.levels': 'Niveaux dans ce mix : {levels}',
  'export.level': '{name} {dB} dB',
  'export.level.automated': '{name} {dB} dB avec automation',
  'export.level.silent': '{name} : silence',
  'export.drag': 'Faites glisser un fichier où vous voulez : dans un dossier ou un autre logiciel.',
  'export.zip': 'Télécharger en un seul zip',
  'export.download': 'Télécharger',
};
