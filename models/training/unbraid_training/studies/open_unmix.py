"""Open-Unmix at a small size: Stöter, Uhlich, Liutkus and Mitsufuji, "Open-Unmix - A Reference Implementation for Music Source
Separation", JOSS 2019. Three bidirectional LSTM layers for each target; the app adds the multichannel Wiener filter."""

from __future__ import annotations

import torch
from torch import Tensor, nn

N_FFT, HOP = 4096, 1024
BINS = N_FFT // 2 + 1
HEARD = 1487
"""Bins that the network hears, up to 16 kHz; it speaks about all."""
HIDDEN = 64


class SmallUnmix(nn.Module):
    """Magnitudes [1, 2, f, t] to those of one target, for any number of frames."""

    def __init__(self) -> None:
        super().__init__()
        self.input_mean = nn.Parameter(torch.zeros(HEARD))
        self.input_scale = nn.Parameter(torch.ones(HEARD))
        self.encode = nn.Linear(2 * HEARD, HIDDEN, bias=False)
        self.encode_norm = nn.BatchNorm1d(HIDDEN)
        self.recurrent = nn.LSTM(HIDDEN, HIDDEN // 2, num_layers=3, bidirectional=True)
        self.decode = nn.Linear(2 * HIDDEN, HIDDEN, bias=False)
        self.decode_norm = nn.BatchNorm1d(HIDDEN)
        self.widen = nn.Linear(HIDDEN, 2 * BINS, bias=False)
        self.widen_norm = nn.BatchNorm1d(2 * BINS)
        self.output_scale = nn.Parameter(torch.ones(BINS))
        self.output_mean = nn.Parameter(torch.ones(BINS))

    def forward(self, magnitudes: Tensor) -> Tensor:
        batch = int(magnitudes.shape[0])
        rows = magnitudes.permute(3, 0, 1, 2)
        x = (rows[..., :HEARD] + self.input_mean) * self.input_scale
        x = torch.tanh(self.encode_norm(self.encode(x.reshape(-1, 2 * HEARD)))).reshape(-1, batch, HIDDEN)
        heard, _ = self.recurrent(x)
        x = torch.cat([x, heard], dim=2).reshape(-1, 2 * HIDDEN)
        x = torch.relu(self.decode_norm(self.decode(x)))
        x = self.widen_norm(self.widen(x)).reshape(-1, batch, 2, BINS) * self.output_scale + self.output_mean
        return (torch.relu(x) * rows).permute(1, 2, 3, 0)

    def hear(self, magnitudes: Tensor) -> None:
        """Sets the input's mean and scale from examples [b, 2, f, t], before training."""
        heard = magnitudes[:, :, :HEARD]
        deviation = heard.std(dim=(0, 1, 3))
        self.input_mean.data = -heard.mean(dim=(0, 1, 3))
        self.input_scale.data = 1 / torch.clamp(deviation, min=1e-4 * float(deviation.max()))
