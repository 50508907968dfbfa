"""A lead and what is behind it: together the vocals, and apart what lead-backing learns from."""

import unittest
from collections import defaultdict
from functools import cache

import numpy as np

from tests.test_sing import speech
from unbraid_training import voices
from unbraid_training.constants import SAMPLE_RATE
from unbraid_training.harmony import compose
from unbraid_training.sing import Utterance, analyse
from unbraid_training.studies.lead_backing import STEMS, Voices


class Stage:
    """An orchestra of two speakers and nothing else."""

    speakers = {"low": [], "high": []}
    phrases: list = []
    singer: list = []
    pitched: dict = defaultdict(dict)
    impulses: list = []

    @staticmethod
    @cache
    def _said(hertz: int) -> list[Utterance]:
        return [analyse(speech(hertz))]

    def speaker(self, rng: np.random.Generator) -> list[Utterance]:
        return self._said(int(rng.choice([120, 220])))


class VoicesTest(unittest.TestCase):
    def test_lead_and_backing_add_up_to_the_vocals(self):
        found = set()
        for seed in range(12):
            score = compose(np.random.default_rng(seed), 3.0, 0.5)
            lead, backing = voices.vocal_parts(Stage(), np.random.default_rng(seed), score)
            together = voices.vocals(Stage(), np.random.default_rng(seed), score)
            np.testing.assert_array_equal(lead + backing, together)
            found.add((bool(lead.any()), bool(backing.any())))
        # Now and then a lead is alone, now and then somebody is behind it.
        self.assertLessEqual({(True, False), (True, True)}, found)

    def test_the_lead_is_in_the_middle_and_doubles_are_at_its_sides(self):
        rng = np.random.default_rng(4)
        lead, singer = voices.sung_lead(Stage(), rng, compose(rng, 3.0, 0.5))
        side, middle = (np.sum((lead[0] + sign * lead[1]) ** 2) for sign in (-1, 1))
        self.assertLess(side, 0.2 * middle)
        both = voices.doubles(Stage(), rng, singer)
        side, middle = (np.sum((both[0] + sign * both[1]) ** 2) for sign in (-1, 1))
        self.assertGreater(side, 0.2 * middle)

    def test_examples_are_two_parts_under_a_limiter_at_times_without_one(self):
        sung = Voices(Stage(), seconds=3.0, excerpts=4)
        excerpt = sung.excerpt(np.random.default_rng(1))
        self.assertEqual(tuple(excerpt), STEMS)
        mix = sum(excerpt.values())
        self.assertLess(float(np.abs(mix).max()), 0.91)
        self.assertGreater(float(np.abs(mix).max()), 0.1)
        batch = sung.batch(np.random.default_rng(2), 40, SAMPLE_RATE)
        self.assertEqual(tuple(batch.shape), (40, 2, 2, SAMPLE_RATE))
        self.assertTrue(bool(batch.isfinite().all()))
        sounds = batch.abs().amax(dim=(2, 3)) > 0
        self.assertTrue(bool(sounds[:, 0].any() and sounds[:, 1].any()))
        self.assertTrue(bool((sounds.sum(1) < 2).any()))


if __name__ == "__main__":
    unittest.main()
