import type { verbs as english } from '../en/verbs.js';

/** Texts of what is done with a selection, in French. */
export const verbs: Readonly<Record<keyof typeof english, string>> = {
  'verbs.bar': 'Sélection dans {name}',
  'verbs.menu': 'Actions sur la sélection',
  'verbs.move': 'Déplacer vers {name}',
  'verbs.copy': 'Copier vers {name}',
  'verbs.attenuate': 'Atténuer de {dB} dB',
  'verbs.attenuation': 'Atténuer de, dB',
  'verbs.takeAway': 'Retirer',
  'verbs.listen': 'Écouter la sélection seule',
  'verbs.loop': 'Lire en boucle',
  'verbs.separate': 'Séparer à nouveau ce passage',
  'verbs.export': 'Exporter la sélection…',
  'verbs.more': 'Autres actions',
  'verbs.all': 'Tout sélectionner',
  'verbs.panel': 'Toutes les options dans le panneau latéral',
  'edits.allStems': 'Tous',
  'step.edit.quieter': 'Atténuer une partie de {name}',
  'shortcut.again': 'Appliquer la dernière action à la sélection',
  'shortcut.moveTo': 'Déplacer la sélection vers un autre stem',
  'shortcut.takeAway': 'Retirer la sélection',
  'shortcut.attenuate': 'Atténuer la sélection',
  'shortcut.listen': 'Écouter la sélection seule',
  'shortcut.separateHere': 'Séparer à nouveau le passage sélectionné',
  'shortcut.exportSelection': 'Exporter la sélection',
  'shortcut.selAll': 'Tout sélectionner',
};
