import unittest

import numpy as np
import torch

from unbraid_training.constants import SAMPLE_RATE
from unbraid_training.metrics import METRICS
from unbraid_training.nmf import activations, learn, magnitudes, nmf_separate


def tones(low: float, high: float, seed: int, seconds: float = 3) -> np.ndarray:
    """Short notes of random pitches between two frequencies, [2, samples]."""
    rng = np.random.default_rng(seed)
    time = np.arange(SAMPLE_RATE // 4) / SAMPLE_RATE
    notes = [np.sin(2 * np.pi * rng.uniform(low, high) * time) * np.hanning(len(time)) for _ in range(int(4 * seconds))]
    return np.stack([np.concatenate(notes)] * 2).astype(np.float32)


class NmfTest(unittest.TestCase):
    def test_factors_of_an_exact_product_are_found(self):
        torch.manual_seed(0)
        spectra, active = torch.rand(40, 3) ** 4, torch.rand(3, 200) ** 4
        target = spectra @ active
        found = learn(target, 3, 400, seed=1)
        error = target - found @ activations(found, target, 200)
        self.assertLess(float(error.norm() / target.norm()), 0.02)

    def test_activations_of_a_known_dictionary_are_the_true_ones(self):
        torch.manual_seed(0)
        spectra, active = torch.rand(60, 4) ** 3, torch.rand(4, 30)
        torch.testing.assert_close(activations(spectra, spectra @ active, 3000), active, atol=0.02, rtol=0)

    def test_stems_with_spectra_of_their_own_are_told_apart(self):
        bands = [(100, 180), (400, 800), (2000, 4000), (7000, 9000)]
        spectra = [learn(magnitudes(tones(*band, seed=1, seconds=6)), 12, 60, seed=1) for band in bands]
        stems = np.stack([tones(*band, seed=2) for band in bands])
        made = nmf_separate(spectra, stems.sum(0))
        np.testing.assert_allclose(made.sum(0), stems.sum(0), atol=1e-4)
        for true, estimate in zip(stems, made):
            self.assertGreater(METRICS["uSDR"](true, estimate), 15)


if __name__ == "__main__":
    unittest.main()
