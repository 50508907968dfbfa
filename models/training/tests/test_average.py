"""Averages of two checkpoints."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path

import torch

from unbraid_training import checkpoint
from unbraid_training.average import average
from unbraid_training.networks import PRESETS, build
from unbraid_training.spectral import stft, to_graph


class Noise:
    """Examples without a store: four stems of noise, 6 dB louder than the training's level."""

    def __init__(self) -> None:
        self.generator = torch.Generator().manual_seed(3)

    def batch(self, size: int) -> tuple[torch.Tensor, torch.Tensor]:
        stems = 2 * torch.randn(size, 4, 2, 31 * 1024, generator=self.generator)
        return stems, torch.zeros(size, dtype=torch.bool)


class Average(unittest.TestCase):
    def test_weights_lie_between_and_norms_are_measured(self) -> None:
        settings = {"network": PRESETS["tiny-rows"]}
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder) / name for name in ("a.pt", "b.pt", "c.pt")]
            networks = []
            for seed in (1, 2):
                torch.manual_seed(seed)
                networks.append(build(settings["network"]).eval())
                checkpoint.save(paths[seed - 1], {"settings": settings, "ema": networks[-1].state_dict()})
            average(paths[0], paths[1], 0.25, paths[2], Noise(), 3, 2)
            made = checkpoint.load(paths[2])
            a, b = (network.state_dict() for network in networks)
            wanted = 0.75 * a["embed.weight"] + 0.25 * b["embed.weight"]
            self.assertLess(float((made["ema"]["embed.weight"] - wanted).abs().max()), 1e-6)

            # With its own statistics the network gives, on like examples, what it gives in training mode.
            network = build(settings["network"])
            network.load_state_dict(made["ema"])
            mix = torch.randn(4, 2, 31 * 1024, generator=torch.Generator().manual_seed(4))
            mix = mix / mix.pow(2).mean(dim=(1, 2)).sqrt().reshape(-1, 1, 1)
            spec = to_graph(stft(mix))
            with torch.no_grad():
                measured, own = network.eval()(spec), network.train()(spec)
                network.load_state_dict({**made["ema"], **{k: v for k, v in a.items() if "running" in k}})
                foreign = network.eval()(spec)
            self.assertLess(float((measured - own).abs().mean()), 0.3 * float((foreign - own).abs().mean()))

    def test_different_networks_are_refused(self) -> None:
        with tempfile.TemporaryDirectory() as folder:
            paths = [Path(folder) / name for name in ("a.pt", "b.pt")]
            for path, preset in zip(paths, ("tiny-rows", "tiny-unet")):
                settings = {"network": PRESETS[preset]}
                checkpoint.save(path, {"settings": settings, "ema": build(PRESETS[preset]).state_dict()})
            with self.assertRaises(ValueError):
                average(paths[0], paths[1], 0.5, Path(folder) / "c.pt", Noise(), 1)


if __name__ == "__main__":
    unittest.main()
