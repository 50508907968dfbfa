"""DeepConvSep in stereo: Chandna, Miron, Janer and Gómez, "Monoaural Audio Source Separation Using Deep Convolutional Neural
Networks", LVA/ICA 2017. A convolution over frequency, one over time, a bottleneck, and a decoder for each source."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional

from ..constants import STEMS
from .feedforward import shares

N_FFT, HOP = 1024, 256
BINS = N_FFT // 2 + 1
BLOCK = 30
"""Frames that the network hears together; it knows nothing of those before and after."""
STEP = 10
"""Frames between two blocks of a segment."""
FRAMES = BLOCK + 8 * STEP
BOTTLENECK = 128
_TONES, _TIMES, _SPAN = 50, 30, 15


class DeepConvSep(nn.Module):
    """Magnitudes [1, ch, t, f] of `FRAMES` frames to masks [1, s, ch, t, f]; the estimates of overlapping blocks are added up
    before they become masks, for which their number does not matter."""

    def __init__(self) -> None:
        super().__init__()
        self.vertical = nn.Conv2d(2, _TONES, (1, BINS))
        self.horizontal = nn.Conv2d(_TONES, _TIMES, (_SPAN, 1))
        inner = _TIMES * (BLOCK - _SPAN + 1)
        self.bottleneck = nn.Linear(inner, BOTTLENECK)
        self.widen = nn.ModuleList(nn.Linear(BOTTLENECK, inner) for _ in STEMS)
        self.horizontal_back = nn.ModuleList(nn.ConvTranspose2d(_TIMES, _TONES, (_SPAN, 1)) for _ in STEMS)
        self.vertical_back = nn.ModuleList(nn.ConvTranspose2d(_TONES, 2, (1, BINS)) for _ in STEMS)

    def estimates(self, blocks: Tensor) -> Tensor:
        """[b, ch, `BLOCK`, f] of level 1 to magnitudes [b, s, ch, `BLOCK`, f]."""
        heard = self.horizontal(self.vertical(blocks))
        code = torch.relu(self.bottleneck(heard.flatten(1)))
        parts = []
        for widen, horizontal, vertical in zip(self.widen, self.horizontal_back, self.vertical_back):
            wide = torch.relu(widen(code)).reshape(-1, _TIMES, BLOCK - _SPAN + 1, 1)
            parts.append(torch.relu(vertical(horizontal(wide))))
        return torch.stack(parts, dim=1)

    def forward(self, magnitudes: Tensor) -> Tensor:
        level = magnitudes.amax(dim=(1, 2, 3), keepdim=True) + 1e-8
        starts = range(0, FRAMES - BLOCK + 1, STEP)
        blocks = torch.cat([(magnitudes / level)[:, :, start : start + BLOCK] for start in starts])
        return shares(_add_up(self.estimates(blocks)))


def _add_up(blocks: Tensor) -> Tensor:
    """Blocks [n, s, ch, `BLOCK`, f], `STEP` frames apart, to their sum [1, s, ch, `FRAMES`, f]."""
    total = None
    for at, block in enumerate(blocks.split(1)):
        placed = functional.pad(block, (0, 0, at * STEP, FRAMES - BLOCK - at * STEP))
        total = placed if total is None else total + placed
    return total
