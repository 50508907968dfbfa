import type { separators as english } from '../en/separators.js';

/** What the separators that come with Unbraid are called in French. */
export const separators: Readonly<Record<keyof typeof english, string>> = {
  'separator.unbraid-blend.name': 'Unbraid blend',
  'separator.unbraid-blend.about':
    'Voix par le réseau qui n’a appris qu’elles ; batterie, basse et autres en moyenne des deux autres réseaux : en moyenne le meilleur des réseaux fournis',
  'separator.unbraid-fast.name': 'Unbraid fast',
  'separator.unbraid-fast.about':
    'Petit U-Net pour voix, batterie, basse et autres : très rapide, entraîné sur du matériel libre ; bien meilleur que les méthodes classiques',
  'separator.unbraid-standard.name': 'Unbraid standard',
  'separator.unbraid-standard.about':
    'U-Net pour voix, batterie, basse et autres, entraîné sur du matériel libre : quatre fois plus grand qu’Unbraid fast, meilleur pour les voix et pour ce qui n’est ni voix, ni batterie, ni basse',
  'separator.unbraid-vocals.name': 'Unbraid vocals',
  'separator.unbraid-vocals.about':
    'U-Net pour la voix et l’accompagnement, qui n’a appris que cela, sur du matériel libre : le meilleur des réseaux fournis pour les voix',
  'separator.drum-kit.name': 'Batterie',
  'separator.drum-kit.about':
    'Une piste de batterie en grosse caisse, caisse claire, charleston et le reste (toms et cymbales) par un petit U-Net entraîné sur des batteries de synthèse ; pour la batterie seule',
  'separator.band-and-kit.name': 'Groupe et batterie',
  'separator.band-and-kit.about':
    'Voix, basse et autres par Unbraid blend, et la batterie en grosse caisse, caisse claire, charleston et le reste',
  'separator.voice-beat-tones.name': 'Voix, rythme et notes',
  'separator.voice-beat-tones.about':
    'Le chant par Unbraid fast, puis le reste par HPSS : le rythme et tout ce qui a une hauteur',
  'separator.classic-4.name': 'Quatre pistes, classique',
  'separator.classic-4.about':
    'Voix, batterie, basse et autres par HPSS, REPET-SIM et position stéréo ; sans poids',
  'separator.hpss.name': 'HPSS',
  'separator.hpss.about': 'Parties harmonique et percussive par filtrage médian (Fitzgerald 2010)',
  'separator.repet-sim.name': 'REPET-SIM',
  'separator.repet-sim.about':
    'Voix sur un accompagnement répétitif, par auto-similarité (Rafii & Pardo 2012)',
  'separator.repet.name': 'REPET',
  'separator.repet.about':
    'Voix sur un accompagnement qui se répète avec une seule période (Rafii & Pardo 2013)',
  'separator.ft2d.name': '2DFT',
  'separator.ft2d.about':
    'Voix sur un accompagnement répétitif, par transformée de Fourier bidimensionnelle (Seetharaman 2017)',
  'separator.nmf.name': 'NMF',
  'separator.nmf.about':
    'Batterie, basse et autres à partir des composantes d’une factorisation en matrices non négatives (Lee & Seung 2000)',
  'separator.melody.name': 'Masque mélodique',
  'separator.melody.about':
    'La voix comme partiels de la mélodie la plus saillante, au-dessus de tout le reste (Salamon & Gómez 2012)',
  'separator.nmf-components.name': 'Composantes NMF',
  'separator.nmf-components.about':
    'Chaque composante d’une factorisation comme piste, du grave à l’aigu, à écouter et à regrouper à la main ; jusqu’à une minute',
  'separator.rpca.name': 'RPCA',
  'separator.rpca.about':
    'Voix sur un accompagnement de faible rang, par analyse en composantes principales robuste (Huang 2012) ; lent',
  'separator.bench.name': 'Établi du labo',
  'separator.bench.about':
    'Deux stems selon la méthode, la fenêtre et le masque réglés sur l’établi du labo : pour l’étude',
  'separator.duet.name': 'DUET',
  'separator.duet.about':
    'Gauche, milieu et droite par différences de niveau et de temps (Yilmaz & Rickard 2004)',
  'separator.projet.name': 'PROJET',
  'separator.projet.about':
    'Gauche, centre et droite par projections des deux canaux (Fitzgerald, Liutkus et Badeau 2016) ; lent',
  'separator.ica.name': 'ICA',
  'separator.ica.about':
    'Deux sources indépendantes que deux canaux mélangent par le niveau seul (FastICA, Hyvärinen 1999)',
  'separator.centre.name': 'Centre',
  'separator.centre.about':
    'Ce qui se trouve au milieu de l’image stéréo, et les côtés (Avendano & Jot 2002)',
  'separator.denoise.name': 'Débruitage',
  'separator.denoise.about': 'Souffle et bruit de surface constants, séparés du son (Ephraim & Malah 1985)',
  'separator.fnn-wave.name': 'FNN sur la forme d’onde',
  'separator.fnn-wave.about':
    'Piano et violon par un réseau à propagation avant sur des trames brutes de 32 ms : pour l’étude, avec diaphonie et clics',
  'separator.fnn-spectrogram.name': 'FNN sur le spectrogramme',
  'separator.fnn-spectrogram.about':
    'Piano et violon par les masques d’un réseau à propagation avant qui ne voit qu’une trame du spectrogramme à la fois : pour l’étude',
  'separator.lstm-mask.name': 'Masque LSTM',
  'separator.lstm-mask.about':
    'Voix et accompagnement par un petit réseau récurrent à 16 kHz, selon la recette de MIR-1K (Huang 2014) : pour l’étude',
  'separator.deepconvsep.name': 'DeepConvSep',
  'separator.deepconvsep.about':
    'Quatre pistes par deux convolutions et un goulot sur des blocs de 30 trames, en stéréo (Chandna 2017) : pour l’étude',
  'separator.nmf-learned.name': 'NMF apprise',
  'separator.nmf-learned.about':
    'Spectres de voix, batterie, basse et autres appris sur des exemples ; seules leurs activations sont ajustées (NMF supervisée) : pour l’étude',
  'separator.openunmix-small.name': 'Open-Unmix, petit',
  'separator.openunmix-small.about':
    'Quatre pistes par un réseau récurrent chacune, puis un filtre de Wiener multicanal (Stöter 2019), au huitième de la taille : pour l’étude',
};
