/** Texts of the Lab's lessons. */
export const lessons = {
  'lesson.spectrogram.title': 'What a spectrogram is',
  'lesson.spectrogram.idea':
    'A spectrogram cuts sound into short, overlapping pieces and asks each how much of every frequency is in it. The length of the piece decides what one can see: a long window tells frequencies apart that lie close together, a short one tells moments apart. No window does both.',
  'lesson.spectrogram.try':
    'Two tones, 440 and 470 Hz, and a click every half second. Find the shortest window that shows two lines, and look at the clicks while you do.',
  'lesson.spectrogram.question': 'Why do the tones become one line when the window is short?',
  'lesson.spectrogram.answer':
    'In a short piece the two tones have not had the time to drift apart: they differ by less than a turn. A bin is as wide as the sample rate divided by the window, and the window’s own lobe spans four of them for Hann. With 1024 samples a bin is 21.5 Hz, so that one lobe covers both tones.',
  'lesson.spectrogram.broken': 'throw the imaginary parts away',
  'lesson.spectrogram.why':
    'The picture hardly changes, the sound does. The real part alone is the spectrum of a frame plus its mirror image in time: half of what you hear now runs backwards within every frame.',

  'lesson.windows.title': 'Windows and COLA',
  'lesson.windows.idea':
    'To get the sound back, one adds the pieces at their places. That works if the windows add up to the same value at every sample. This is the COLA condition (constant overlap-add), and it depends on the window and the hop together.',
  'lesson.windows.try':
    'Find all hops at which the Hann window is free of error. Then try Blackman: which hops work for it?',
  'lesson.windows.question': 'The square root of Hann never adds up here. What is it good for?',
  'lesson.windows.answer':
    'For transforms that use the window twice, before the analysis and after the synthesis. The square root applied twice is Hann, and Hann adds up. Anyone who changes the spectrum in between wants this second window, because it smooths the edges that the change has made.',
  'lesson.windows.broken': 'a hop of one and a half windows',
  'lesson.windows.why':
    'A third of the sound was never in any window. What was not analysed cannot be given back; you hear the gaps as a buzz at the rate of the frames.',

  'lesson.mixture.title': 'A mixture is a sum',
  'lesson.mixture.idea':
    'A mixture is the sum of its sources, sample by sample. So whoever has all but one of them has the last one too: take them away from the mixture. Karaoke, null tests and the residual of every separator rest on this subtraction.',
  'lesson.mixture.try':
    'The band is subtracted from the mixture; what remains is the voice. Delay the band by a single sample and read the error.',
  'lesson.mixture.question':
    'Why does one sample matter so much when nobody can hear a delay of 45 millionths of a second?',
  'lesson.mixture.answer':
    'Subtraction compares waves, not what one hears. One sample is a small part of a period for a bass, but at 5.5 kHz it is a quarter of one, and then the difference is larger than the sound itself. High frequencies come back first.',
  'lesson.mixture.broken': 'add the band instead of subtracting it',
  'lesson.mixture.why': 'A wrong sign is enough: the band is in the result twice, 6 dB louder than it was.',

  'lesson.masks.title': 'Masks that add up to one',
  'lesson.masks.idea':
    'A mask says for every bin how much of the mixture belongs to a stem. If the masks of all stems add up to one in every bin, the stems add up to the mixture, whatever the masks are worth. Nothing is lost, it is at most in the wrong stem.',
  'lesson.masks.try':
    'Voice, harmony and drums are separated by masks that are never smaller than a given value, which softens artefacts. Change the value and watch both figures.',
  'lesson.masks.question': 'Does a perfect null test say that the separation is good?',
  'lesson.masks.answer':
    'No. Three masks of one third each pass the test as well, and separate nothing. The null test shows that nothing was lost or made up; the SDR shows whether it went into the right stem. One needs both.',
  'lesson.masks.broken': 'do not divide the masks by their sum',
  'lesson.masks.why':
    'Now the masks add up to more than one wherever the least value holds one up. Every stem by itself sounds a little better than before, but their sum is no longer the song.',

  'lesson.binary.title': 'Binary against soft',
  'lesson.binary.idea':
    'A binary mask gives every bin to whoever is louder there. A soft mask shares it in proportion to the powers of the sources. The exponent moves between the two: the greater it is, the harder the mask decides.',
  'lesson.binary.try':
    'Move the exponent and find the best SDR. Compare with the binary mask, by the figure and by ear.',
  'lesson.binary.question': 'Why is the best exponent not the greatest one?',
  'lesson.binary.answer':
    'Where both sources are in one bin, each choice of the binary mask is wrong by all of the smaller one. A share is wrong by less on average. For sources whose phases have nothing to do with each other, sharing by power (exponent 2) is the Wiener filter; what is best depends on the sounds.',
  'lesson.binary.broken': 'one bin in twenty has the wrong value',
  'lesson.binary.why':
    'Single bins that flash up and vanish are heard as tiny, random tones: musical noise. It is what bad estimates sound like, and binary masks have most of it.',

  'lesson.oracle.title': 'What an oracle can reach',
  'lesson.oracle.idea':
    'An oracle makes its mask from the true stems. No separator knows them, so in practice none does better with this kind of mask: the oracle is a ceiling. It shows what is lost by the kind of mask alone.',
  'lesson.oracle.try':
    'Go through the kinds of masks, then find the best window for the binary one. What does the complex mask do that the others cannot?',
  'lesson.oracle.question': 'Why is even the oracle not perfect?',
  'lesson.oracle.answer':
    'A real mask keeps the phase of the mixture. Where voice and band meet in a bin, that phase is wrong for both. The phase-sensitive mask allows for that and takes less there, which makes it the best real one for SDR. The complex mask turns the phase as well. Here it may not amplify, which costs the rest: where the sources cancel each other, it would have to.',
  'lesson.oracle.broken': 'the mask comes half a second late',
  'lesson.oracle.why':
    'The mask is right, for the note before. It now cuts the voice out where it is not. A model that answers the wrong frame fails in the same way.',

  'lesson.phase.title': 'Phase',
  'lesson.phase.idea':
    'The picture shows magnitudes only. Half of the spectrum, the phase, is invisible, and without it there is no sound. Many separators find magnitudes and borrow the phases of the mixture.',
  'lesson.phase.try':
    'The voice has its true magnitudes all the time. Add errors to the phases and listen when you begin to notice. Then take the phases of the mixture.',
  'lesson.phase.question': 'Why do the mixture’s phases do so well?',
  'lesson.phase.answer':
    'Where the voice is loud, it makes most of the mixture, and the mixture’s phase is nearly its own. The phase is wrong where the voice is quiet, and there little depends on it.',
  'lesson.phase.broken': 'all phases are zero',
  'lesson.phase.why':
    'In every frame all partials now start together, at the same place. A pulse at the rate of the frames is heard under everything: a robot. The picture is still the same.',

  'lesson.griffin-lim.title': 'Griffin-Lim, round by round',
  'lesson.griffin-lim.idea':
    'Neighbouring frames overlap, so their phases must agree. Griffin and Lim use that to find phases that nobody wrote down: make a sound, take its spectrum, put the wanted magnitudes back in, and start again.',
  'lesson.griffin-lim.try':
    'Begin at 0 rounds, where all phases are zero, and listen at 1, 10 and 100. Then compare the fast variant at the same number of rounds.',
  'lesson.griffin-lim.question': 'The distance falls with every round. Does it reach zero?',
  'lesson.griffin-lim.answer':
    'Almost never. Each round can only get closer or stay, but the search ends in a hollow, not necessarily in the deepest one. The fast variant goes a little beyond every step, which gets it over small ridges; its distance may rise for a round.',
  'lesson.griffin-lim.broken': 'frames that do not overlap',
  'lesson.griffin-lim.why':
    'The distance is perfect at once, and the sound is useless: without overlap any phases fit the magnitudes. A good figure can mean that the question was too easy.',

  'lesson.nmf.title': 'NMF by hand',
  'lesson.nmf.idea':
    'A spectrogram V is approximated by W·H: a few spectra (W), each with a gain over time (H), and nothing negative anywhere. Multiplying again and again by a ratio brings W·H closer to V. Often a component turns out to be a note.',
  'lesson.nmf.try':
    'Three notes are played (in the built-in sound). Listen to the components one by one with 3 of them, then with 2 and with 5. Watch the divergence over the rounds.',
  'lesson.nmf.question': 'With more components the divergence falls. Is the separation better then?',
  'lesson.nmf.answer':
    'Not necessarily. With five components a note may be split into its beginning and its end, each closer to the picture, and somebody has to say which belong together. The number that fits best is not the number of sources.',
  'lesson.nmf.broken': 'every other bin of W starts at zero',
  'lesson.nmf.why':
    'Zero times anything is zero: updates that multiply never leave it. Half of the spectrum is missing for good, which is why NMF must not start from zeros.',

  'lesson.repetition.title': 'Repetition',
  'lesson.repetition.idea':
    'In much music the band comes again and again while the voice goes on. The median over all repetitions keeps what is always there and drops what was there once. What rises above it is the voice. This is REPET.',
  'lesson.repetition.try':
    'Find the period of the band with the curve, set it and listen. Half of the period almost works; why?',
  'lesson.repetition.question': 'How would a program find the period by itself?',
  'lesson.repetition.answer':
    'As you did: it compares the spectrogram with itself, moved by every period in turn. The likeness has peaks where the song repeats. The first high one whose multiples are high too is the period. Half of it almost works in the built-in band, because the drums come again after half a second; only the chords take a whole one.',
  'lesson.repetition.broken': 'a band that never plays the same bar twice',
  'lesson.repetition.why':
    'Set the period of one second: the drums still go, the chords stay in the voice. A method is as good as what it takes for granted.',

  'lesson.networks.title': 'From masks to networks',
  'lesson.networks.idea':
    'Up to here a person wrote down how to make the mask. A network gets examples instead: spectra of mixtures, and the masks that would have been right. This one has 16 hidden values and learns in your browser, from the first half of the sound. It is measured on the second half, which it has never seen.',
  'lesson.networks.try':
    'Train it for more and more steps. Compare the curve (frames it learns from) with the error on unseen frames.',
  'lesson.networks.question':
    'The curve falls to the end, the error on unseen frames does not. What happens?',
  'lesson.networks.answer':
    'It learns its half by heart. This is overfitting: from some point on it gets better only at what it has seen. More and more varied examples help, and stopping in time. Large separators are the same idea, with millions of weights and hours of music.',
  'lesson.networks.broken': 'learn from the masks of the band',
  'lesson.networks.why':
    'The answers were exchanged, and the loss falls as nicely as before: now you hear the band. A network learns what it is shown. A falling loss says nothing about whether the examples are right.',

  'lesson.measuring.title': 'How one measures',
  'lesson.measuring.idea':
    'SDR compares the energy of the true stem with the energy of the difference, in dB. It is exact, but it counts everything as an error that moves a sample: also what nobody hears. SI-SDR first scales the true stem to fit.',
  'lesson.measuring.try':
    'Make the estimate quieter and watch both figures. Then compare bleed, hiss and holes: does the order of the figures agree with your ears?',
  'lesson.measuring.question': 'Which of the two should one report?',
  'lesson.measuring.answer':
    'It depends on whether the level matters. In an editor whose stems must add up to the song, it does: SDR. For a single voice whose level is set afterwards, SI-SDR is fair. No single figure replaces listening, and a figure without its definition says nothing.',
  'lesson.measuring.broken': 'the estimate comes twenty samples late',
  'lesson.measuring.why':
    'Less than a thousandth of a second: you hear the same, and both figures fall below zero. If a score is surprisingly bad, look for a delay first.',
} as const;
