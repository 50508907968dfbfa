"""Calibration: softer masks, and a stem that takes less."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import torch

from unbraid_training import checkpoint
from unbraid_training.calibrate import calibrate
from unbraid_training.networks import PRESETS, build


class Calibrate(unittest.TestCase):
    def test_masks_are_those_of_scaled_and_shifted_logits(self) -> None:
        torch.manual_seed(1)
        network = build(PRESETS["tiny-rows"]).eval()
        with tempfile.TemporaryDirectory() as folder:
            path, out = Path(folder) / "a.pt", Path(folder) / "b" / "c.pt"
            checkpoint.save(path, {"settings": {"network": PRESETS["tiny-rows"]}, "ema": network.state_dict()})
            before = torch.rand(1, 4, 2048, 32)
            masks = network(before)
            calibrate(path, out, 0.5, {"vocals": -1.0})
            network.load_state_dict(checkpoint.load(out)["ema"])
            shift = torch.tensor([-1.0, 0, 0, 0]).reshape(1, 4, 1, 1, 1)
            wanted = torch.softmax(0.5 * torch.log(masks) + shift, dim=1)
            self.assertLess(float((network(before) - wanted).abs().max()), 1e-5)

    def test_networks_without_row_masks_are_refused(self) -> None:
        network = build(PRESETS["tiny-bandsplit"])
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "a.pt"
            checkpoint.save(path, {"settings": {}, "ema": network.state_dict()})
            with self.assertRaises(ValueError):
                calibrate(path, Path(folder) / "b.pt", 1, {})


if __name__ == "__main__":
    unittest.main()
