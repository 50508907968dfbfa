/** What the separators that come with Unbraid are called, as in their manifests; other models go by their own words. */
export const separators = {
  'separator.unbraid-blend.name': 'Unbraid blend',
  'separator.unbraid-blend.about':
    'Vocals by the network that learned nothing but voices, drums, bass and other averaged over the two others: the best of the bundled networks on average',
  'separator.unbraid-fast.name': 'Unbraid fast',
  'separator.unbraid-fast.about':
    'Small U-Net for vocals, drums, bass and other: very fast, trained on free material; much better than the classic methods',
  'separator.unbraid-standard.name': 'Unbraid standard',
  'separator.unbraid-standard.about':
    'U-Net for vocals, drums, bass and other, trained on free material: four times as large as Unbraid fast, better with voices and with what is neither voice, drums nor bass',
  'separator.unbraid-vocals.name': 'Unbraid vocals',
  'separator.unbraid-vocals.about':
    'U-Net for vocals and accompaniment that learned nothing else, on free material: the best of the bundled networks with voices',
  'separator.drum-kit.name': 'Drum kit',
  'separator.drum-kit.about':
    'A drum track into kick, snare, hi-hat and the rest (toms and cymbals) by a small U-Net trained on rendered kits; for drums alone',
  'separator.band-and-kit.name': 'Band and drum kit',
  'separator.band-and-kit.about':
    'Vocals, bass and other by Unbraid blend, and the drums as kick, snare, hi-hat and the rest of the kit',
  'separator.voice-beat-tones.name': 'Voice, beat and tones',
  'separator.voice-beat-tones.about':
    'Vocals by Unbraid fast, then what remains by HPSS: the beat and everything that has a pitch',
  'separator.classic-4.name': 'Classic four stems',
  'separator.classic-4.about':
    'Vocals, drums, bass and other from HPSS, REPET-SIM and stereo position; needs no weights',
  'separator.hpss.name': 'HPSS',
  'separator.hpss.about': 'Harmonic and percussive parts by median filtering (Fitzgerald 2010)',
  'separator.repet-sim.name': 'REPET-SIM',
  'separator.repet-sim.about':
    'Vocals over a repeating accompaniment by self-similarity (Rafii & Pardo 2012)',
  'separator.repet.name': 'REPET',
  'separator.repet.about': 'Vocals over an accompaniment that repeats with one period (Rafii & Pardo 2013)',
  'separator.ft2d.name': '2DFT',
  'separator.ft2d.about':
    'Vocals over a repeating accompaniment by the two-dimensional Fourier transform (Seetharaman 2017)',
  'separator.nmf.name': 'NMF',
  'separator.nmf.about':
    'Drums, bass and other from components of a non-negative matrix factorization (Lee & Seung 2000)',
  'separator.melody.name': 'Melody mask',
  'separator.melody.about':
    'Vocals as the partials of the most salient melody, over everything else (Salamon & Gómez 2012)',
  'separator.nmf-components.name': 'NMF components',
  'separator.nmf-components.about':
    'Each component of a factorization as a stem, from low to high, to be heard and put together by hand; for up to a minute',
  'separator.rpca.name': 'RPCA',
  'separator.rpca.about':
    'Vocals over a low-rank accompaniment by robust principal component analysis (Huang 2012); slow',
  'separator.bench.name': 'Bench of the Lab',
  'separator.bench.about':
    'Two stems by the method, window and mask that were set on the bench of the Lab: for study',
  'separator.duet.name': 'DUET',
  'separator.duet.about': 'Left, middle and right by differences of level and time (Yilmaz & Rickard 2004)',
  'separator.projet.name': 'PROJET',
  'separator.projet.about':
    'Left, middle and right by projections of both channels (Fitzgerald, Liutkus & Badeau 2016); slow',
  'separator.ica.name': 'ICA',
  'separator.ica.about':
    'Two independent sources that two channels mix by level alone (FastICA, Hyvärinen 1999)',
  'separator.centre.name': 'Centre',
  'separator.centre.about':
    'What stands in the middle of the stereo image, and the sides (Avendano & Jot 2002)',
  'separator.denoise.name': 'De-noise',
  'separator.denoise.about': 'Steady hiss and surface noise apart from the sound (Ephraim & Malah 1985)',
  'separator.fnn-wave.name': 'FNN on the wave',
  'separator.fnn-wave.about':
    'Piano and violin by a feed-forward network on raw frames of 32 ms: for study, it bleeds and clicks',
  'separator.fnn-spectrogram.name': 'FNN on the spectrogram',
  'separator.fnn-spectrogram.about':
    'Piano and violin by masks of a feed-forward network that sees one frame of the spectrogram at a time: for study',
  'separator.lstm-mask.name': 'LSTM mask',
  'separator.lstm-mask.about':
    'Vocals and accompaniment by a small recurrent network at 16 kHz, after the recipe for MIR-1K (Huang 2014): for study',
  'separator.deepconvsep.name': 'DeepConvSep',
  'separator.deepconvsep.about':
    'Four stems by two convolutions and a bottleneck over blocks of 30 frames, in stereo (Chandna 2017): for study',
  'separator.nmf-learned.name': 'NMF, learned',
  'separator.nmf-learned.about':
    'Spectra of vocals, drums, bass, other learned from examples; only their activations are fitted (supervised NMF): for study',
  'separator.openunmix-small.name': 'Open-Unmix, small',
  'separator.openunmix-small.about':
    'Four stems by a recurrent network for each, then a multichannel Wiener filter (Stöter 2019), at an eighth of the size: for study',
} as const;
