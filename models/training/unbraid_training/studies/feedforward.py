"""Feed-forward networks that part a piano from a violin: on raw frames of the wave, and on frames of a spectrogram.

The first shows why one leaves the waveform: a dense layer has no notion of phase, so the result bleeds and clicks at every
frame's border. The second hears magnitudes, and masks the mixture.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

STEMS = ("piano", "violin")
SAMPLE_RATE = 16000
FRAME = 512
"""Samples of one raw frame, 32 ms."""
N_FFT, HOP = 1024, 256
BINS = N_FFT // 2 + 1
HIDDEN = 384


def _dense(inputs: int, outputs: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Linear(inputs, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, outputs)
    )


class WaveFnn(nn.Module):
    """wave [b, ch, n] to waves [b, s, ch, n]; n is a multiple of `FRAME`, and channels are heard one by one."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = _dense(FRAME, len(STEMS) * FRAME)

    def forward(self, wave: Tensor) -> Tensor:
        batch, channels, samples = (int(size) for size in wave.shape)
        # Networks of this kind know one loudness only.
        level = wave.abs().amax(dim=(1, 2), keepdim=True) + 1e-8
        frames = (wave / level).reshape(batch * channels * (samples // FRAME), FRAME)
        parts = self.layers(frames).reshape(batch, channels, samples // FRAME, len(STEMS), FRAME)
        return parts.permute(0, 3, 1, 2, 4).reshape(batch, len(STEMS), channels, samples) * level.unsqueeze(1)


class SpectrumFnn(nn.Module):
    """Magnitudes [b, ch, t, f] to masks [b, s, ch, t, f] that add up to 1 where anything sounds; frames one by one."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = _dense(BINS, len(STEMS) * BINS)

    def forward(self, magnitudes: Tensor) -> Tensor:
        batch, channels = int(magnitudes.shape[0]), int(magnitudes.shape[1])
        level = magnitudes.amax(dim=(1, 2, 3), keepdim=True) + 1e-8
        frames = torch.sqrt(magnitudes / level).reshape(-1, BINS)
        parts = torch.relu(self.layers(frames)).reshape(batch, channels, -1, len(STEMS), BINS)
        return shares(parts.permute(0, 3, 1, 2, 4))


def shares(estimates: Tensor) -> Tensor:
    """Estimated magnitudes [b, s, …] to the ratio masks of Huang et al. (2014): each over the sum of all."""
    return (estimates + 1e-6) / (estimates + 1e-6).sum(1, keepdim=True)
