import unittest

import numpy as np

from unbraid_training.harmony import Note
from unbraid_training.sing import FRAMES_PER_SECOND, analyse, brighten, contour, sing, track_pitch

RATE = 44100


def speech(hertz: float, syllables: int = 5) -> np.ndarray:
    """Vowels of 0.25 s, a falling pitch under two formants, with breaths of noise between them."""
    rng = np.random.default_rng(0)
    parts = []
    for _ in range(syllables):
        time = np.arange(int(0.25 * RATE)) / RATE
        phase = hertz * (time - 0.1 * time**2)
        tone = sum(np.sin(2 * np.pi * n * phase) / (1 + ((n * hertz - 700) / 400) ** 2) for n in range(1, 30))
        parts += [tone * np.hanning(len(time)), rng.normal(0, 0.02, int(0.1 * RATE))]
    return (0.2 * np.concatenate(parts)).astype(np.float32)


def midi(hertz: np.ndarray) -> np.ndarray:
    return 69 + 12 * np.log2(hertz / 440)


class SingTest(unittest.TestCase):
    def test_pitch_is_tracked_where_it_is_voiced(self):
        hertz = track_pitch(speech(150))
        voiced = hertz[hertz > 0]
        self.assertGreater(len(voiced), 60)
        np.testing.assert_allclose(np.median(voiced), 147, atol=4)
        # The breath after the first vowel.
        self.assertEqual(hertz[31], 0)

    def test_syllables_are_found(self):
        utterance = analyse(speech(150))
        self.assertEqual(len(utterance.syllables), 5)
        for syllable in utterance.syllables:
            self.assertLess(syllable.vowel, syllable.coda)

    def test_noise_cannot_sing(self):
        noise = np.random.default_rng(1).normal(0, 0.1, RATE).astype(np.float32)
        self.assertIsNone(analyse(noise))

    def test_notes_sound_at_their_pitch_and_time(self):
        notes = [Note(0.5, 0.9, 55, 1.0), Note(1.5, 0.9, 60, 1.0), Note(3.0, 0.9, 52, 1.0)]
        line = sing(np.random.default_rng(2), [analyse(speech(150))], notes, 4.5)
        hertz = track_pitch(line)
        for note in notes:
            middle = int((note.start + 0.3) * FRAMES_PER_SECOND)
            found = hertz[middle : middle + 40]
            self.assertLess(abs(np.median(midi(found[found > 0])) - note.pitch), 0.6)
        level = lambda begin, end: float(np.sqrt(np.mean(line[int(begin * RATE) : int(end * RATE)] ** 2)))
        self.assertLess(level(2.6, 2.8), 0.05 * level(0.6, 1.2))

    def test_formants_move_without_the_pitch(self):
        notes = [Note(0.2, 1.5, 55, 1.0)]
        voice = analyse(speech(150))
        centres = []
        for formant in (0.8, 1.25):
            line = sing(np.random.default_rng(3), [voice], notes, 2.0, formant)
            hertz = track_pitch(line)[60:140]
            self.assertLess(abs(np.median(midi(hertz[hertz > 0])) - 55), 0.7)
            power = np.abs(np.fft.rfft(line)) ** 2
            bins = np.fft.rfftfreq(len(line), 1 / RATE)
            centres.append(float((power * bins).sum() / power.sum()))
        self.assertGreater(centres[1], 1.25 * centres[0])

    def test_the_contour_glides_to_every_note(self):
        notes = [Note(0.0, 1.0, 50, 1.0), Note(1.0, 1.0, 62, 1.0)]
        pitch = contour(np.random.default_rng(4), notes, 2.0)
        self.assertLess(abs(pitch[50] - 50), 1.5)
        self.assertLess(abs(pitch[180] - 62), 1.5)
        self.assertLess(np.abs(np.diff(pitch)).max(), 6)

    def test_a_top_is_added_and_nothing_else_changes(self):
        voice = speech(150) + np.random.default_rng(5).normal(0, 0.02, len(speech(150))).astype(np.float32)
        spectrum = np.fft.rfft(voice)
        edge = int(8000 * len(voice) / RATE)
        spectrum[edge:] = 0
        dull = np.fft.irfft(spectrum, len(voice)).astype(np.float32)
        bright = brighten(dull, np.random.default_rng(6))
        added = np.abs(np.fft.rfft(bright - dull)) ** 2
        self.assertGreater(added[edge:].sum(), 0.7 * added.sum())
        self.assertGreater(added[edge:].sum(), 100 * (np.abs(np.fft.rfft(dull)[edge:]) ** 2).sum())


if __name__ == "__main__":
    unittest.main()
