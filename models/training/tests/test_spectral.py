import unittest

import torch

from unbraid_training.constants import BINS, HOP, N_FFT
from unbraid_training.spectral import from_graph, istft, stft, to_graph


class SpectralTest(unittest.TestCase):
    def setUp(self):
        torch.manual_seed(0)
        self.wave = torch.randn(3, 2, 20 * HOP)

    def test_stft_equals_torch(self):
        for n_fft, hop in ((N_FFT, HOP), (1024, 256)):
            flat = self.wave.reshape(-1, self.wave.shape[-1])
            expected = torch.stft(flat, n_fft, hop, window=torch.hann_window(n_fft), return_complex=True)
            made = stft(self.wave, n_fft, hop).reshape(expected.shape)
            self.assertLess((made - expected).abs().max().item(), 2e-4)

    def test_inverse_restores_the_wave_to_its_last_sample(self):
        back = istft(stft(self.wave), self.wave.shape[-1])
        self.assertLess((back - self.wave).abs().max().item(), 1e-5)

    def test_inverse_refuses_a_hop_that_does_not_divide(self):
        with self.assertRaises(ValueError):
            istft(stft(self.wave, 1024, 300), 1000, 1024, 300)

    def test_graph_layout_is_left_re_left_im_right_re_right_im_without_nyquist(self):
        spectrum = stft(self.wave)
        graph = to_graph(spectrum)
        self.assertEqual(tuple(graph.shape), (3, 4, BINS, spectrum.shape[-1]))
        torch.testing.assert_close(graph[:, 1], spectrum[:, 0, :BINS].imag)
        torch.testing.assert_close(graph[:, 2], spectrum[:, 1, :BINS].real)

    def test_from_graph_inverts_to_graph_but_for_nyquist(self):
        spectrum = stft(self.wave)
        back = from_graph(to_graph(spectrum).unsqueeze(1))[:, 0]
        torch.testing.assert_close(back[:, :, :BINS], spectrum[:, :, :BINS])
        self.assertEqual(back[:, :, BINS].abs().max().item(), 0)
