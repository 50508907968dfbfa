import unittest

import torch

from unbraid_training.constants import ALL_BUT_VOCALS, ALONE, BASS, BINS, DRUMS, OTHER, VOCALS
from unbraid_training.losses import LossWeights, merge_joint, row_loss, spectral_loss, vocals_row_loss, wave_loss
from unbraid_training.networks.masks import apply_masks
from unbraid_training.networks.patches import Pool


class LossTest(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)
        self.stems = torch.randn(2, 4, 4, BINS, 4)
        self.none = torch.tensor([False, False])

    def test_joint_bass_moves_into_other_and_leaves_nothing(self):
        merged = merge_joint(self.stems, torch.tensor([True, False]))
        torch.testing.assert_close(merged[0, OTHER], self.stems[0, OTHER] + self.stems[0, BASS])
        self.assertEqual(merged[0, BASS].abs().max().item(), 0)
        torch.testing.assert_close(merged[1], self.stems[1])

    def test_all_but_the_vocals_of_an_instrumental_is_one_stem(self):
        merged = merge_joint(self.stems, torch.tensor([ALL_BUT_VOCALS, ALONE]))
        torch.testing.assert_close(merged[0, OTHER], self.stems[0, 1:].sum(0))
        torch.testing.assert_close(merged[0, VOCALS], self.stems[0, VOCALS])
        self.assertEqual(merged[0, [DRUMS, BASS]].abs().max().item(), 0)
        torch.testing.assert_close(merged[1], self.stems[1])

    def test_losses_of_the_truth_are_next_to_nothing(self):
        weights = LossWeights(wave=1.0, multi=1.0)
        self.assertLess(spectral_loss(self.stems, self.stems, weights).item(), 1e-4)
        wave = torch.randn(1, 4, 2, 16384)
        self.assertLess(wave_loss(wave, wave, weights).item(), 1e-6)
        self.assertGreater(wave_loss(wave, 0 * wave, weights).item(), 0.5)

    def test_row_loss_of_single_bin_rows_is_the_spectral_loss(self):
        pool = Pool(((1, BINS),))
        mix = self.stems.sum(1)
        masks = torch.softmax(torch.randn(2, 4, 2, BINS, 4), dim=1)
        for weights in (LossWeights(), LossWeights(magnitude=0)):
            full = spectral_loss(apply_masks("softmax", masks, mix), self.stems, weights)
            rows = row_loss(masks, self.stems, self.none, pool, weights)
            self.assertAlmostEqual(full.item(), rows.item(), places=4)

    def test_row_loss_of_wide_rows_is_the_error_of_their_bins(self):
        pool = Pool(((16, BINS // 16),))
        mix = self.stems.sum(1)
        masks = torch.rand(2, 4, 2, BINS // 16, 4)
        wide = pool.spread(masks.flatten(1, 2)).reshape(2, 4, 2, BINS, 4)
        error = (apply_masks("softmax", wide, mix) - self.stems).reshape(2, 4, 2, 2, BINS // 16, 16, 4)
        expected = 0.2 * (error**2).sum(3).mean(-2).sqrt().mean()
        made = row_loss(masks, self.stems, self.none, pool, LossWeights(magnitude=0))
        self.assertAlmostEqual(made.item(), expected.item(), places=4)

    def test_sdr_loss_is_the_logarithm_of_the_error_of_an_example_and_of_its_bands(self):
        pool = Pool(((8, BINS // 8),))
        quiet = self.stems * torch.tensor([1.0, 1e-2]).reshape(-1, 1, 1, 1, 1)
        mix = quiet.sum(1)
        masks = torch.rand(2, 4, 2, BINS // 8, 4)
        wide = pool.spread(masks.flatten(1, 2)).reshape(2, 4, 2, BINS, 4)
        error = ((apply_masks("softmax", wide, mix) - quiet) ** 2).sum((2, 4))
        whole = (mix**2).sum((1, 3)).unsqueeze(1)

        def missing(part, of):
            return torch.log(1 + 10**2.5 * part / of).mean()

        # A row lies in the band in which its upper edge lies.
        edges = [0, *(int(hz * 4096 / 44100 + 0.1) // 8 * 8 for hz in (500, 1500, 4000, 10000)), BINS]
        expected = missing(error.sum(-1), whole.sum(-1))
        for low, high in zip(edges, edges[1:]):
            band = whole[..., low:high].sum(-1) + 1e-4 * whole.sum(-1)
            expected += 0.1 * missing(error[..., low:high].sum(-1), band)
        alone = LossWeights(spectrum=0, magnitude=0, sdr=1)
        made = row_loss(masks, quiet, self.none, pool, alone)
        self.assertAlmostEqual(made.item(), expected.item(), places=4)
        louder = row_loss(masks, 30 * quiet, self.none, pool, alone)
        self.assertAlmostEqual(made.item(), louder.item(), places=4)

    def test_the_best_mask_of_the_sdr_loss_is_the_mean_of_what_may_be(self):
        # A row that is the vocals' in one frame of three and the drums' in the others, with nothing to tell them apart.
        pool = Pool(((1, BINS),))
        mix = torch.randn(1, 4, BINS, 3)
        stems = torch.zeros(1, 4, 4, BINS, 3)
        stems[:, VOCALS, ..., :1], stems[:, DRUMS, ..., 1:] = mix[..., :1], mix[..., 1:]
        shares = torch.linspace(0.01, 0.99, 99)

        def best(weights):
            losses = []
            for share in shares:
                masks = torch.zeros(1, 4, 2, BINS, 3)
                masks[:, VOCALS], masks[:, DRUMS] = share, 1 - share
                losses.append(row_loss(masks, stems, self.none[:1], pool, weights))
            return shares[torch.stack(losses).argmin()].item()

        self.assertAlmostEqual(best(LossWeights(spectrum=0, magnitude=0, sdr=1)), 1 / 3, delta=0.02)
        self.assertLess(best(LossWeights()), 0.05)

    def test_row_loss_knows_joint_examples(self):
        pool = Pool(((1, BINS),))
        mix = self.stems.sum(1)
        joint = torch.tensor([True, True])
        masks = torch.softmax(torch.randn(2, 4, 2, BINS, 4), dim=1)
        merged = merge_joint(apply_masks("softmax", masks, mix), joint)
        full = spectral_loss(merged, merge_joint(self.stems, joint), LossWeights())
        rows = row_loss(masks, self.stems, joint, pool, LossWeights())
        self.assertAlmostEqual(full.item(), rows.item(), places=4)

    def test_the_loss_of_vocals_and_rest_is_that_of_joint_examples(self):
        pool = Pool(((1, 128), (16, (BINS - 128) // 16)))
        masks = torch.softmax(torch.randn(2, 4, 2, 128 + (BINS - 128) // 16, 4), dim=1).requires_grad_()
        joint = torch.tensor([ALL_BUT_VOCALS, ALL_BUT_VOCALS])
        full = row_loss(masks, self.stems, joint, pool, LossWeights())
        (slope,) = torch.autograd.grad(full, masks)
        short = vocals_row_loss(masks, self.stems[:, VOCALS], self.stems.sum(1), pool, LossWeights())
        (short_slope,) = torch.autograd.grad(short, masks)
        self.assertAlmostEqual(full.item(), short.item(), places=4)
        torch.testing.assert_close(slope, short_slope, rtol=1e-3, atol=1e-6)
