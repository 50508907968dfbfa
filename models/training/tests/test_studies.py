"""The studies do what their papers say, by numbers."""

from __future__ import annotations

import importlib.util
import shutil
import tempfile
import unittest
from pathlib import Path

import numpy as np
import torch

from unbraid_training.constants import ALONE, BINS, SAMPLE_RATE, STEMS
from unbraid_training.store import ShardWriter
from unbraid_training.studies import deepconvsep, drum_kit, feedforward, lead_backing, lstm_mask, open_unmix
from unbraid_training.studies.duet import at_rate
from unbraid_training.studies.training import Sources, train, trained


def magnitudes(*shape: int) -> torch.Tensor:
    torch.manual_seed(3)
    return torch.rand(shape) ** 4


class Masks(unittest.TestCase):
    def networks(self):
        torch.manual_seed(1)
        dcs = (deepconvsep.DeepConvSep(), magnitudes(1, 2, deepconvsep.FRAMES, deepconvsep.BINS))
        fnn = (feedforward.SpectrumFnn(), magnitudes(1, 2, 20, feedforward.BINS))
        lstm = (lstm_mask.LstmMask(), torch.randn(1, 4, lstm_mask.BINS, 20))
        kit = (drum_kit.network(), torch.randn(1, 4, drum_kit.BINS, 24))
        sung = (lead_backing.network(), torch.randn(1, 4, BINS, 24))
        return {"drum-kit": kit, "lead-backing": sung, "deepconvsep": dcs, "fnn-spectrogram": fnn, "lstm-mask": lstm}

    def test_masks_add_up_to_one_and_do_not_depend_on_the_level(self):
        for name, (network, x) in self.networks().items():
            masks = network.eval()(x)
            torch.testing.assert_close(masks.sum(1), torch.ones_like(masks[:, 0]), msg=name)
            torch.testing.assert_close(masks, network(0.01 * x), atol=1e-3, rtol=1e-2, msg=name)
            self.assertGreater(float(masks.detach().std()), 1e-3, name)

    def test_the_kit_ships_with_toms_and_cymbals_in_one(self):
        network, x = self.networks()["drum-kit"]
        masks = network.eval()(x)
        joined = drum_kit.Joined(network)(x)
        torch.testing.assert_close(joined[:, :3], masks[:, [0, 1, 3]], rtol=0, atol=0)
        torch.testing.assert_close(joined[:, 3], masks[:, 2] + masks[:, 4])

    def test_the_lstm_hears_the_mean_of_both_channels(self):
        network = lstm_mask.LstmMask().eval()
        x = torch.randn(1, 4, lstm_mask.BINS, 12)
        mean = 0.5 * (x[:, :2] + x[:, 2:])
        torch.testing.assert_close(network(x), network(torch.cat([mean, mean], dim=1)), atol=1e-5, rtol=1e-4)

    def test_blocks_of_deepconvsep_are_added_up_at_their_places(self):
        network = deepconvsep.DeepConvSep().eval()
        x = magnitudes(1, 2, deepconvsep.FRAMES, deepconvsep.BINS)
        total = torch.zeros(1, len(STEMS), 2, deepconvsep.FRAMES, deepconvsep.BINS)
        for start in range(0, deepconvsep.FRAMES - deepconvsep.BLOCK + 1, deepconvsep.STEP):
            end = start + deepconvsep.BLOCK
            total[:, :, :, start:end] += network.estimates(x[:, :, start:end] / x.max())
        torch.testing.assert_close(network(x), feedforward.shares(total), atol=1e-5, rtol=1e-3)

    def test_the_loss_prefers_the_own_source_to_the_other(self):
        truth = magnitudes(1, 2, 8, 5)
        mix = truth.sum(1)
        right = truth / truth.sum(1, keepdim=True)
        losses = [float(lstm_mask.discriminative_loss(m, truth, mix)) for m in (right, right.flip(1))]
        self.assertLess(losses[0], 0)
        self.assertGreater(losses[1], 0)


class Waves(unittest.TestCase):
    def test_frames_of_the_wave_are_heard_one_by_one_and_at_any_level(self):
        network = feedforward.WaveFnn().eval()
        x = torch.randn(1, 2, 4 * feedforward.FRAME)
        x[0, 0, 0] = 9.0
        y = network(x)
        torch.testing.assert_close(network(0.1 * x), 0.1 * y, atol=1e-5, rtol=1e-4)
        changed = x.clone()
        changed[:, 1, feedforward.FRAME : 2 * feedforward.FRAME] *= -1
        same = torch.ones(4 * feedforward.FRAME, dtype=torch.bool)
        same[feedforward.FRAME : 2 * feedforward.FRAME] = False
        z = network(changed)
        torch.testing.assert_close(z[:, :, 0], y[:, :, 0])
        torch.testing.assert_close(z[:, :, 1, same], y[:, :, 1, same])
        self.assertGreater(float((z - y).detach().abs().max()), 1e-3)

    def test_a_lower_rate_keeps_what_it_can_hold(self):
        time = np.arange(SAMPLE_RATE) / SAMPLE_RATE
        low, high = np.sin(2 * np.pi * 1000 * time), np.sin(2 * np.pi * 9000 * time)
        expected = np.sin(2 * np.pi * 1000 * np.arange(16000) / 16000)
        np.testing.assert_allclose(at_rate(low + high, 16000), expected, atol=1e-4)


class Unmix(unittest.TestCase):
    def test_it_takes_any_number_of_frames_and_is_silent_in_silence(self):
        network = open_unmix.SmallUnmix().eval()
        for frames in (1, 7):
            x = magnitudes(1, 2, open_unmix.BINS, frames)
            self.assertEqual(network(x).shape, x.shape)
            self.assertEqual(float(network(0 * x).detach().abs().max()), 0)

    def test_what_it_hears_is_centred_and_scaled(self):
        network = open_unmix.SmallUnmix()
        x = magnitudes(4, 2, open_unmix.BINS, 50) * torch.linspace(1, 9, open_unmix.BINS).reshape(1, 1, -1, 1)
        network.hear(x)
        heard = (x[:, :, : open_unmix.HEARD].permute(3, 0, 1, 2) + network.input_mean) * network.input_scale
        self.assertAlmostEqual(float(heard.mean()), 0, places=4)
        self.assertAlmostEqual(float(heard.std()), 1, places=2)


class Training(unittest.TestCase):
    def test_a_study_learns_and_comes_back_from_its_file(self):
        rng = np.random.default_rng(2)
        time = np.arange(3 * SAMPLE_RATE) / SAMPLE_RATE
        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            writer = ShardWriter(root / "data", "song-tones")
            for i, stem in enumerate(STEMS):
                tone = 0.1 * np.sin(2 * np.pi * 220 * 3**i * time) * rng.uniform(0.5, 1, len(time))
                writer.add("tones", stem, np.stack([tone, tone]).astype(np.float32), ALONE)
            writer.close()
            sources = Sources((root / "data",), None, seed=4)
            steps = train("deepconvsep", root / "out", sources, minutes=0.1)
            name, network = trained(root / "out" / "last.pt")
            self.assertEqual(name, "deepconvsep")
            self.assertGreater(steps, 0)
            self.assertTrue(all(torch.isfinite(p).all() for p in network.parameters()))
            with self.assertRaisesRegex(ValueError, "--library"):
                train("fnn-wave", root / "none", sources, minutes=0.01)


@unittest.skipUnless(importlib.util.find_spec("onnx"), "needs onnx")
class Export(unittest.TestCase):
    def test_learned_spectra_part_a_mixture_of_what_they_were_learned_from(self):
        from unbraid_training.studies.learned_nmf import LearnedNmf

        # Two sources of two spectra each, which overlap.
        bins = torch.arange(200.0)
        shape = lambda *peaks: sum(torch.exp(-0.5 * ((bins - peak) / 4) ** 2) for peak in peaks) + 1e-4
        spectra = [torch.stack([shape(20, 60), shape(35, 105)], dim=1), torch.stack([shape(60, 90), shape(150)], dim=1)]
        torch.manual_seed(2)
        truth = [(torch.rand(12, 2) @ part.T) for part in spectra]
        masks = LearnedNmf(spectra).eval()(torch.stack([sum(truth)] * 2)[None])
        self.assertEqual(tuple(masks.shape), (1, 2, 2, 12, 200))
        for source, part in enumerate(truth):
            made = masks[0, source, 0] * sum(truth)
            self.assertLess(float(((made - part) ** 2).sum() / (part**2).sum()), 0.01)

    @unittest.skipUnless(shutil.which("ffmpeg"), "needs ffmpeg")
    def test_examples_are_files_or_folders_by_the_names_of_their_sources(self):
        from unbraid_training.audio import AudioError, write_wav
        from unbraid_training.studies.learned_nmf import examples_in

        with tempfile.TemporaryDirectory() as folder:
            root = Path(folder)
            tone = lambda hertz, seconds: 0.3 * np.sin(2 * np.pi * hertz * np.arange(int(seconds * SAMPLE_RATE)) / SAMPLE_RATE)
            write_wav(root / "piano.wav", np.stack([tone(440, 0.5)] * 2))
            with self.assertRaisesRegex(AudioError, "two sources"):
                examples_in(root)
            (root / "violin").mkdir()
            write_wav(root / "violin" / "a.wav", np.stack([tone(880, 0.5)] * 2))
            write_wav(root / "violin" / "b.wav", np.stack([tone(1760, 0.25)] * 2))
            found = examples_in(root)
            self.assertEqual(list(found), ["piano", "violin"])
            self.assertEqual(int(found["piano"][:, 10].argmax()), round(440 * 4096 / SAMPLE_RATE))
            self.assertGreater(found["violin"].shape[1], found["piano"].shape[1])

    def test_large_weights_become_float16_and_are_widened(self):
        import onnx
        from onnx import TensorProto, helper, numpy_helper

        from unbraid_training.halves import narrow

        large = np.linspace(-1, 1, 1024, dtype=np.float32).reshape(32, 32)
        small = np.ones((32,), np.float32)
        nodes = [helper.make_node("MatMul", ["x", "large"], ["y"]), helper.make_node("Add", ["y", "small"], ["z"])]
        value = helper.make_tensor_value_info
        graph = helper.make_graph(
            nodes,
            "g",
            [value("x", TensorProto.FLOAT, [1, 32])],
            [value("z", TensorProto.FLOAT, [1, 32])],
            [numpy_helper.from_array(large, "large"), numpy_helper.from_array(small, "small")],
        )
        model = helper.make_model(graph)
        narrow(model)
        onnx.checker.check_model(model, full_check=True)
        stored = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
        np.testing.assert_array_equal(stored["large.half"], large.astype(np.float16))
        self.assertEqual(stored["small"].dtype, np.float32)
        self.assertEqual([node.op_type for node in model.graph.node], ["Cast", "MatMul", "Add"])


if __name__ == "__main__":
    unittest.main()
