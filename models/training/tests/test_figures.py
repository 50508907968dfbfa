import unittest

import numpy as np

from unbraid_training.figures import figures, low_pass, lost_and_bleed
from unbraid_training.metrics import usdr

RATE = 44100


def tone(hertz: float, seconds: float = 1.5) -> np.ndarray:
    wave = 0.2 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * RATE)) / RATE)
    return np.stack([wave, 0.5 * wave]).astype(np.float32)


class FiguresTest(unittest.TestCase):
    def setUp(self):
        self.voice, self.music = tone(440), tone(2500)
        self.mix = self.voice + self.music

    def test_what_is_missing_is_lost_and_what_is_too_much_bled_in(self):
        found = figures(self.voice, 0.5 * self.voice + 0.1 * self.music, self.mix)
        # Half of the stem is missing: a quarter of its energy; a tenth of an equally loud tone came in.
        self.assertAlmostEqual(found["lost"], -6.02, delta=0.1)
        self.assertAlmostEqual(found["bleed"], -20.0, delta=0.1)
        self.assertAlmostEqual(found["uSDR"], usdr(self.voice, 0.5 * self.voice + 0.1 * self.music), delta=1e-6)

    def test_bands_are_those_of_the_sound(self):
        energies = lost_and_bleed(self.voice, 0.5 * self.voice + 0.1 * self.music, self.mix)
        # 150–500 Hz holds the tone of 440 Hz, 1500–4000 Hz what bled in.
        self.assertEqual(int(np.argmax(energies["lost"][:-1])), 1)
        self.assertEqual(int(np.argmax(energies["bleed"][:-1])), 3)

    def test_both_parts_explain_the_whole_error(self):
        rng = np.random.default_rng(0)
        noise = rng.normal(0, 0.1, self.voice.shape).astype(np.float32)
        mix, made = self.voice + noise, 0.7 * self.voice + 0.3 * noise
        energies = lost_and_bleed(self.voice, made, mix)
        explained = (energies["lost"][-1] + energies["bleed"][-1]) / energies["stem"][-1]
        error = np.sum((made - self.voice) ** 2) / np.sum(self.voice**2)
        self.assertAlmostEqual(10 * np.log10(explained / error), 0, delta=0.3)

    def test_a_perfect_estimate_has_neither_where_stems_do_not_meet(self):
        found = figures(self.voice, self.voice, self.mix)
        self.assertLess(max(found["lost"], found["bleed"]), -30)

    def test_a_limit_leaves_out_what_lies_above(self):
        high = tone(12000)
        found = figures(self.voice, self.voice + high, self.mix + high, hertz=8000)
        self.assertGreater(found["uSDR"], 40)
        self.assertLess(np.abs(low_pass(high, 8000)).max(), 0.02)


if __name__ == "__main__":
    unittest.main()
