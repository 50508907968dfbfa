import type { separators as english } from '../en/separators.js';

/** What the separators that come with Unbraid are called in German. */
export const separators: Readonly<Record<keyof typeof english, string>> = {
  'separator.unbraid-blend.name': 'Unbraid blend',
  'separator.unbraid-blend.about':
    'Gesang von dem Netz, das nur Stimmen gelernt hat, Schlagzeug, Bass und Sonstiges gemittelt über die beiden anderen: im Durchschnitt das beste der mitgelieferten Netze',
  'separator.unbraid-fast.name': 'Unbraid fast',
  'separator.unbraid-fast.about':
    'Kleines U-Net für Gesang, Schlagzeug, Bass und Sonstiges: sehr schnell, mit freiem Material trainiert; viel besser als die klassischen Verfahren',
  'separator.unbraid-standard.name': 'Unbraid standard',
  'separator.unbraid-standard.about':
    'U-Net für Gesang, Schlagzeug, Bass und Sonstiges, mit freiem Material trainiert: viermal so groß wie Unbraid fast, besser bei Stimmen und bei allem, was weder Stimme noch Schlagzeug noch Bass ist',
  'separator.unbraid-vocals.name': 'Unbraid vocals',
  'separator.unbraid-vocals.about':
    'U-Net nur für Gesang und Begleitung, mit freiem Material trainiert: unter den mitgelieferten Netzen das beste für Stimmen',
  'separator.drum-kit.name': 'Schlagzeug',
  'separator.drum-kit.about':
    'Zerlegt eine Schlagzeugspur in Bassdrum, Snare, Hi-Hat und den Rest (Toms und Becken); ein kleines U-Net, mit gerenderten Schlagzeugen trainiert; nur für Schlagzeug',
  'separator.band-and-kit.name': 'Band und Schlagzeug',
  'separator.band-and-kit.about':
    'Gesang, Bass und Sonstiges durch Unbraid blend, das Schlagzeug als Bassdrum, Snare, Hi-Hat und Rest',
  'separator.voice-beat-tones.name': 'Stimme, Beat und Töne',
  'separator.voice-beat-tones.about':
    'Gesang durch Unbraid fast, dann der Rest durch HPSS: der Beat und alles, was eine Tonhöhe hat',
  'separator.classic-4.name': 'Vier Spuren, klassisch',
  'separator.classic-4.about':
    'Gesang, Schlagzeug, Bass und Sonstiges aus HPSS, REPET-SIM und Stereoposition; braucht keine Gewichte',
  'separator.hpss.name': 'HPSS',
  'separator.hpss.about': 'Harmonische und perkussive Anteile durch Medianfilter (Fitzgerald 2010)',
  'separator.repet-sim.name': 'REPET-SIM',
  'separator.repet-sim.about':
    'Gesang über einer sich wiederholenden Begleitung, durch Selbstähnlichkeit (Rafii & Pardo 2012)',
  'separator.repet.name': 'REPET',
  'separator.repet.about':
    'Gesang über einer Begleitung, die sich mit einer festen Periode wiederholt (Rafii & Pardo 2013)',
  'separator.ft2d.name': '2DFT',
  'separator.ft2d.about':
    'Gesang über einer sich wiederholenden Begleitung, durch die zweidimensionale Fourier-Transformation (Seetharaman 2017)',
  'separator.nmf.name': 'NMF',
  'separator.nmf.about':
    'Schlagzeug, Bass und Sonstiges aus den Komponenten einer nichtnegativen Matrixfaktorisierung (Lee & Seung 2000)',
  'separator.melody.name': 'Melodiemaske',
  'separator.melody.about':
    'Gesang als Teiltöne der auffälligsten Melodie, über allem anderen (Salamon & Gómez 2012)',
  'separator.nmf-components.name': 'NMF-Komponenten',
  'separator.nmf-components.about':
    'Jede Komponente einer Faktorisierung als Stem, von tief nach hoch, zum Anhören und Zusammenfügen von Hand; bis zu einer Minute',
  'separator.rpca.name': 'RPCA',
  'separator.rpca.about':
    'Gesang über einer Begleitung von niedrigem Rang, durch robuste Hauptkomponentenanalyse (Huang 2012); langsam',
  'separator.bench.name': 'Werkbank des Labors',
  'separator.bench.about':
    'Zwei Stems nach dem Verfahren, dem Fenster und der Maske, die auf der Werkbank des Labors eingestellt wurden: zum Lernen',
  'separator.duet.name': 'DUET',
  'separator.duet.about':
    'Links, Mitte und rechts durch Pegel- und Laufzeitunterschiede (Yilmaz & Rickard 2004)',
  'separator.projet.name': 'PROJET',
  'separator.projet.about':
    'Links, Mitte und rechts durch Projektionen beider Kanäle (Fitzgerald, Liutkus & Badeau 2016); langsam',
  'separator.ica.name': 'ICA',
  'separator.ica.about':
    'Zwei unabhängige Quellen, die in zwei Kanälen nur verschieden laut sind (FastICA, Hyvärinen 1999)',
  'separator.centre.name': 'Mitte',
  'separator.centre.about': 'Was in der Mitte des Stereobilds steht, und die Seiten (Avendano & Jot 2002)',
  'separator.denoise.name': 'Entrauschen',
  'separator.denoise.about':
    'Gleichmäßiges Rauschen und Laufgeräusche vom Klang getrennt (Ephraim & Malah 1985)',
  'separator.fnn-wave.name': 'FNN auf der Wellenform',
  'separator.fnn-wave.about':
    'Klavier und Geige durch ein Feedforward-Netz auf rohen Fenstern von 32 ms: zum Lernen gedacht, es spricht über und knackt',
  'separator.fnn-spectrogram.name': 'FNN auf dem Spektrogramm',
  'separator.fnn-spectrogram.about':
    'Klavier und Geige durch Masken eines Feedforward-Netzes, das immer nur ein Fenster des Spektrogramms sieht: zum Lernen gedacht',
  'separator.lstm-mask.name': 'LSTM-Maske',
  'separator.lstm-mask.about':
    'Gesang und Begleitung durch ein kleines rekurrentes Netz bei 16 kHz, nach dem Rezept für MIR-1K (Huang 2014): zum Lernen gedacht',
  'separator.deepconvsep.name': 'DeepConvSep',
  'separator.deepconvsep.about':
    'Vier Stems durch zwei Faltungen und einen Engpass über Blöcke von 30 Fenstern, in Stereo (Chandna 2017): zum Lernen gedacht',
  'separator.nmf-learned.name': 'NMF, gelernt',
  'separator.nmf-learned.about':
    'Aus Beispielen gelernte Spektren von Gesang, Schlagzeug, Bass und Sonstigem; nur ihre Aktivierungen werden angepasst (überwachte NMF): zum Lernen gedacht',
  'separator.openunmix-small.name': 'Open-Unmix, klein',
  'separator.openunmix-small.about':
    'Vier Stems durch je ein rekurrentes Netz und dann ein mehrkanaliges Wiener-Filter (Stöter 2019), ein Achtel so groß: zum Lernen gedacht',
};
