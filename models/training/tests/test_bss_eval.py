"""BSSEval v4: figures that are known beforehand. Parity with the app's own is tested there."""

from __future__ import annotations

import unittest

import numpy as np

from unbraid_training.bss_eval import FIGURES, bss_eval


class BssEval(unittest.TestCase):
    def setUp(self) -> None:
        self.true = np.random.default_rng(1).normal(0, 0.2, (2, 2, 6000))

    def test_gain_is_a_spatial_error(self) -> None:
        figures = dict(zip(FIGURES, bss_eval(self.true, 0.9 * self.true, 2000)))
        self.assertEqual(figures["SDR"].shape, (2, 3))
        np.testing.assert_allclose(figures["SDR"], 20, atol=1e-6)
        np.testing.assert_allclose(figures["ISR"], 20, atol=1e-4)
        self.assertGreater(figures["SIR"].min(), 80)
        self.assertGreater(figures["SAR"].min(), 80)

    def test_leak_is_interference(self) -> None:
        figures = dict(zip(FIGURES, bss_eval(self.true, self.true + 0.1 * self.true[::-1], 2000)))
        self.assertGreater(figures["SIR"].min(), 18)
        self.assertLess(figures["SIR"].max(), 23)
        self.assertGreater(figures["SAR"].min(), 60)

    def test_silent_windows_do_not_count(self) -> None:
        self.true[1, :, 2000:4000] = 0
        figures = bss_eval(self.true, 0.5 * self.true, 2000)
        self.assertTrue(np.isnan(figures[:, :, 1]).all())
        self.assertFalse(np.isnan(figures[:, :, (0, 2)]).any())


if __name__ == "__main__":
    unittest.main()
