import type { addModel as english } from '../en/add-model.js';

/** Textes sur l’ajout de ses propres fichiers de modèle. */
export const addModel: Record<keyof typeof english, string> = {
  'addModel.title': 'Ajouter un fichier de modèle',
  'addModel.note':
    'Déposez ici un fichier ONNX, ou les fichiers d’un même modèle, un par stem. La plupart sont reconnus ; pour les autres, une ou deux questions suffisent.',
  'addModel.choose': 'Choisir des fichiers…',
  'addModel.reading': 'Lecture de {name}…',
  'addModel.ready': '{name} : exécuté comme {preset}. Stems : {stems}. Licence : {licence}.',
  'addModel.questions': '{name} ne dit pas tout ce qu’il faut pour l’exécuter :',
  'addModel.add': 'Essayer et ajouter',
  'addModel.trying': 'Essai sur dix secondes…',
  'addModel.added':
    '{name} a été ajouté. {seconds} s de son ont pris {took} s ; le résidu des stems est à {rest} dB.',
  'addModel.cancel': 'Annuler',
  'addModel.nFft': 'Taille de la FFT (n_fft)',
  'addModel.hop': 'Pas entre trames (hop)',
  'addModel.stems': 'Stems, dans l’ordre du réseau',
  'addModel.output': 'Ce que donne le réseau',
  'addModel.preset': 'Famille',
  'addModel.mask': 'Des masques',
  'addModel.spectrum': 'Les spectres des stems',
  'addModel.magnitude': 'Les amplitudes des stems',
};
