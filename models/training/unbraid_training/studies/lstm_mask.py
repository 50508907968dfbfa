"""The mask of a recurrent network: Huang, Kim, Hasegawa-Johnson and Smaragdis, "Singing-Voice Separation from Monaural
Recordings using Deep Recurrent Neural Networks", ISMIR 2014."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .feedforward import shares

STEMS = ("vocals", "accompaniment")
SAMPLE_RATE = 16000
N_FFT, HOP = 1024, 512
BINS = N_FFT // 2 + 1
HIDDEN = 128


class LstmMask(nn.Module):
    """Spectrum [1, (ch ri), f, t] to masks [1, s, ch, f, t], the same for both channels.

    The channels are averaged, the mono spectrogram is brought to a largest value of 1, two recurrent layers follow, two
    dense branches, and a layer that masks the mixture.
    """

    def __init__(self) -> None:
        super().__init__()
        self.recurrent = nn.LSTM(BINS, HIDDEN, num_layers=2, batch_first=True)
        self.branches = nn.ModuleList(nn.Linear(HIDDEN, BINS) for _ in STEMS)

    def masks(self, magnitudes: Tensor) -> Tensor:
        """Mono magnitudes [b, t, f] to masks [b, s, t, f]."""
        level = magnitudes.amax(dim=(1, 2), keepdim=True) + 1e-8
        heard, _ = self.recurrent(torch.sqrt(magnitudes / level))
        return shares(torch.stack([torch.relu(branch(heard)) for branch in self.branches], dim=1))

    def forward(self, spec: Tensor) -> Tensor:
        re, im = 0.5 * (spec[:, 0] + spec[:, 2]), 0.5 * (spec[:, 1] + spec[:, 3])
        magnitudes = torch.sqrt(re * re + im * im + 1e-16).transpose(1, 2)
        masks = self.masks(magnitudes).transpose(2, 3).unsqueeze(2)
        return torch.cat([masks, masks], dim=2)


def discriminative_loss(masks: Tensor, truth: Tensor, mix: Tensor, gamma: float = 0.05) -> Tensor:
    """Equation 11 of the paper: near to the own source, far from the other. Masks and true magnitudes [b, s, t, f], the
    mixture's [b, t, f]."""
    estimates = masks * mix.unsqueeze(1)
    return ((estimates - truth) ** 2).mean() - gamma * ((estimates - truth.flip(1)) ** 2).mean()
