import hashlib
import importlib.util
import json
import tempfile
import unittest
import warnings
from pathlib import Path

import numpy as np
import torch
from torch import nn

from unbraid_training import checkpoint
from unbraid_training.constants import BINS, HOP, SEGMENT, STEMS
from unbraid_training.evaluate import mixture_scores, score
from unbraid_training.export import GOLDEN_FRAMES, export, golden_input, shipped
from unbraid_training.networks import PRESETS
from unbraid_training.separate import fade_window, separate, separate_segment
from unbraid_training.store import Song
from unbraid_training.train import Trainer, TrainSettings


# Weights as small as this stay as they are (halves.py, which needs onnx).
SMALL = 512


class Shares(nn.Module):
    """Fixed real masks: 40, 30, 20 and 10 percent of every bin."""

    mask_kind = "softmax"

    def forward(self, spec):
        shares = torch.tensor([0.4, 0.3, 0.2, 0.1]).reshape(1, 4, 1, 1, 1)
        return shares.expand(spec.shape[0], 4, 2, BINS, spec.shape[-1])


class SeparateTest(unittest.TestCase):
    def test_constant_masks_give_constant_shares_of_a_song_of_any_length(self):
        rng = np.random.default_rng(0)
        for frames in (1000, SEGMENT, SEGMENT + 50001):
            # Below the Nyquist bin, which the networks do not see.
            mix = np.cumsum(rng.normal(0, 1e-3, (2, frames)), axis=1).astype(np.float32)
            stems = separate(Shares(), mix)
            for share, stem in zip((0.4, 0.3, 0.2, 0.1), stems):
                np.testing.assert_allclose(stem, share * mix, atol=2e-4)

    def test_the_fade_is_the_apps_linear_fade(self):
        window = fade_window(100, 0.25)
        self.assertAlmostEqual(float(window[0]), 1 / 25)
        self.assertEqual(float(window[50]), 1)
        self.assertAlmostEqual(float(window[99]), 1 / 25)

    def test_scores_of_shares_are_what_algebra_says(self):
        rng = np.random.default_rng(1)
        wave = np.cumsum(rng.normal(0, 5e-3, (90000, 2)), axis=0)
        data = (np.clip(wave - wave.mean(0), -0.9, 0.9) * 32767).astype(np.int16)
        song = Song("s", len(data), False, {"drums": data})
        found = score(lambda _, mix: separate(Shares(), mix), [song])["s"]
        self.assertEqual(set(found), {"drums", "accompaniment"})
        # 30 % of the drums leave an error of 70 %.
        self.assertAlmostEqual(found["drums"]["uSDR"], -20 * np.log10(0.7), places=1)
        self.assertAlmostEqual(found["accompaniment"]["uSDR"], -20 * np.log10(0.4), places=1)
        self.assertGreater(mixture_scores([song])["s"]["drums"]["uSDR"], 60)

    def test_songs_with_hidden_bass_are_scored_on_the_sum(self):
        data = (np.random.default_rng(2).normal(0, 0.1, (50000, 2)) * 32767).astype(np.int16)
        song = Song("s", len(data), True, {"other": data, "vocals": data})
        self.assertEqual(set(mixture_scores([song])["s"]), {"vocals", "bass+other", "accompaniment"})


class ExportTest(unittest.TestCase):
    def test_manifest_graph_and_goldens_belong_together(self):
        try:
            with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
                warnings.simplefilter("ignore")
                self.check(Path(folder))
        except Exception as error:
            # Newer exporters need a package that training does not.
            if "onnx is not installed" not in str(error):
                raise
            self.skipTest(str(error))

    @unittest.skipUnless(importlib.util.find_spec("onnx"), "needs onnx")
    def test_a_specialist_ships_as_its_stem_and_the_rest(self):
        trainer = Trainer(TrainSettings(network=PRESETS["tiny-rows"]), torch.device("cpu"))
        # Norms that do something, to be folded into the weights.
        for name, value in trainer.ema.network.named_buffers():
            if name.endswith(("running_mean", "running_var")):
                value.uniform_(0.5, 1.5)
        with warnings.catch_warnings(), tempfile.TemporaryDirectory() as text:
            warnings.simplefilter("ignore")
            folder = Path(text)
            checkpoint.save(folder / "last.pt", trainer.state(None))
            export(folder / "last.pt", folder, "tiny", "Tiny", "", "drums")
            described = json.loads((folder / "manifests" / "tiny.json").read_text())
            self.assertEqual(described["stems"], {"order": ["drums", "no-drums"], "residual": "no-drums"})
            self.assertEqual(described["graphs"][0]["stems"], ["drums", "no-drums"])
            made = np.fromfile(folder / "weights" / "tiny.golden-out.f32", np.float32).reshape(2, 2, -1)
            network, stems = shipped(folder / "last.pt", "drums")
        self.assertEqual(stems, ("drums", "no-drums"))
        whole = separate_segment(trainer.ema.network.eval(), torch.from_numpy(golden_input())[None])[0].numpy()
        # Weights of 16 bits change the masks by some thousandths.
        np.testing.assert_allclose(made[0], whole[STEMS.index("drums")], atol=2e-3)
        np.testing.assert_allclose(made.sum(0), whole.sum(0), atol=1e-5)
        for parameter in network.parameters():
            if parameter.numel() >= SMALL:
                torch.testing.assert_close(parameter, parameter.half().float(), rtol=0, atol=0)

    def check(self, folder: Path) -> None:
        trainer = Trainer(TrainSettings(network=PRESETS["tiny-rows"]), torch.device("cpu"))
        checkpoint.save(folder / "last.pt", trainer.state(None))
        export(folder / "last.pt", folder, "tiny", "Tiny", "A small one")
        graph = export(folder / "last.pt", folder, "tiny", "", "")
        described = json.loads((folder / "manifests" / "tiny.json").read_text())
        self.assertEqual((described["name"], described["description"]), ("Tiny", "A small one"))
        entry = described["graphs"][0]
        self.assertEqual(entry["sha256"], hashlib.sha256(graph.read_bytes()).hexdigest())
        self.assertEqual(entry["bytes"], graph.stat().st_size)
        self.assertEqual(entry["outputs"][0], {"name": "masks", "role": "mask-mag", "layout": "b s ch f t"})
        self.assertEqual(described["segment"]["length"], SEGMENT)
        length = (GOLDEN_FRAMES - 1) * HOP
        given = np.fromfile(folder / "weights" / "tiny.golden-in.f32", np.float32).reshape(2, length)
        made = np.fromfile(folder / "weights" / "tiny.golden-out.f32", np.float32)
        np.testing.assert_array_equal(given, golden_input())
        expected = separate_segment(trainer.ema.network.eval(), torch.from_numpy(given)[None])[0]
        np.testing.assert_allclose(made.reshape(len(STEMS), 2, length), expected.numpy(), atol=1e-6)
