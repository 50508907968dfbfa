import unittest

import torch

from unbraid_training.constants import BINS, STEMS
from unbraid_training.networks import PRESETS, build
from unbraid_training.networks.features import powers
from unbraid_training.networks.masks import MaskHead, apply_masks
from unbraid_training.networks.patches import Pool, bins_of
from unbraid_training.spectral import to_graph

TINY = ("tiny-unet", "tiny-rows", "tiny-bandsplit")


def spec(batch=1, frames=8):
    torch.manual_seed(1)
    return torch.randn(batch, 4, BINS, frames)


class NetworkTest(unittest.TestCase):
    def test_rows_of_every_preset_cover_the_bins(self):
        for name, settings in PRESETS.items():
            self.assertEqual(bins_of(settings["groups"]), BINS, name)

    def test_masks_have_the_promised_shapes(self):
        for name in TINY:
            network = build(PRESETS[name]).eval()
            masks = network(spec(2))
            parts = 2 if network.mask_kind == "softmax" else 4
            self.assertEqual(tuple(masks.shape), (2, len(STEMS), parts, BINS, 8), name)

    def test_softmax_estimates_add_up_to_the_mixture(self):
        for name in ("tiny-unet", "tiny-rows"):
            x = spec()
            estimates = apply_masks("softmax", build(PRESETS[name]).eval()(x), x)
            torch.testing.assert_close(estimates.sum(1), x, atol=1e-5, rtol=1e-4)

    def test_masks_do_not_depend_on_the_level(self):
        for name in TINY:
            network = build(PRESETS[name]).eval()
            x = spec()
            torch.testing.assert_close(network(x), network(0.1 * x), atol=2e-3, rtol=1e-2)

    def test_complex_masks_start_at_a_quarter(self):
        head = MaskHead("complex")
        x = spec()
        estimates = apply_masks("complex", head(torch.zeros(1, 16, BINS, 8)), x)
        torch.testing.assert_close(estimates[:, 2], 0.25 * x)

    def test_a_complex_mask_multiplies_complex_numbers(self):
        x = spec()
        masks = torch.zeros(1, 4, 4, BINS, 8)
        masks[:, :, 1] = 1.0  # i on the left channel
        made = apply_masks("complex", masks, x)
        torch.testing.assert_close(made[:, 0, 0], -x[:, 1])
        torch.testing.assert_close(made[:, 0, 1], x[:, 0])
        self.assertEqual(made[:, 0, 2:].abs().max().item(), 0)

    def test_a_real_mask_belongs_to_its_stem_and_channel(self):
        x = spec()
        masks = torch.zeros(1, 4, 2, BINS, 8)
        masks[:, 3, 1] = 1.0
        made = apply_masks("softmax", masks, x)
        torch.testing.assert_close(made[:, 3, 2:], x[:, 2:])
        self.assertEqual(made[:, :3].abs().max().item(), 0)
        self.assertEqual(made[:, 3, :2].abs().max().item(), 0)

    def test_rows_average_bins_and_spread_back(self):
        pool = Pool(((1, 2), (3, 2)))
        x = torch.arange(8.0).reshape(1, 1, 8, 1)
        rows = pool(x)
        torch.testing.assert_close(rows.flatten(), torch.tensor([0.0, 1.0, 3.0, 6.0]))
        torch.testing.assert_close(
            pool.spread(rows).flatten(), torch.tensor([0.0, 1.0, 3.0, 3.0, 3.0, 6.0, 6.0, 6.0])
        )

    def test_powers_are_left_right_mid_side_and_never_negative(self):
        left = torch.complex(torch.randn(1, 1, BINS + 1, 4), torch.randn(1, 1, BINS + 1, 4))
        x = to_graph(torch.cat([left, left], dim=1))
        found = powers(x)
        expected = left[:, 0, :BINS].abs() ** 2
        torch.testing.assert_close(found[:, 0], expected)
        torch.testing.assert_close(found[:, 2], 2 * expected)
        self.assertLess(found[:, 3].max().item(), 1e-5)
        self.assertGreaterEqual(powers(to_graph(torch.cat([left, -left], 1))).min().item(), 0)

    def test_an_unknown_network_is_refused(self):
        with self.assertRaises(KeyError):
            build({"network": "none", "groups": ()})
