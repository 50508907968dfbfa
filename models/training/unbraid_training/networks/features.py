"""What a network sees of the mixture: level-independent, compressed magnitudes, and the phases if wanted."""

from __future__ import annotations

import torch
from torch import Tensor, nn


def powers(spec: Tensor) -> Tensor:
    """[b, (ch ri), f, t] to |L|², |R|², |mid|² and |side|², [b, 4, f, t]; mid and side are (L ± R) / √2.

    Mid and side carry the phase relation of the channels, which is where panning and width are heard.
    """
    left, right = spec[:, :2], spec[:, 2:]
    middle, side = left + right, left - right
    # Differences first: side as |L|² + |R|² − … would be rounding noise where the channels are alike.
    parts = [left, right, middle, side]
    squares = [(part * part).sum(dim=1, keepdim=True) for part in parts]
    return torch.cat([squares[0], squares[1], 0.5 * squares[2], 0.5 * squares[3]], dim=1)


def level_of(power: Tensor) -> Tensor:
    """Mean power of both channels over the segment, [b, 1, 1, 1]."""
    return power[:, :2].mean(dim=(1, 2, 3), keepdim=True) + 1e-9


def root(power: Tensor) -> Tensor:
    """The eighth root, |x| to the power 1/4. Three square roots cost less than one general power."""
    return torch.sqrt(torch.sqrt(torch.sqrt(power + 1e-10)))


class Features(nn.Module):
    """[b, (ch ri), f, t] to [b, 4 or 8, f, t], independent of the level of the segment.

    Maps 0-3 are compressed `powers`; with `phase` maps 4-7 are L and R as compressed complex numbers.
    """

    def __init__(self, phase: bool) -> None:
        super().__init__()
        self.phase = phase
        self.maps = 8 if phase else 4

    def forward(self, spec: Tensor) -> Tensor:
        power = powers(spec)
        level = level_of(power)
        roots = root(power / level)
        if not self.phase:
            return roots
        left_gain, right_gain = (roots[:, :2] / torch.sqrt(power[:, :2] + 1e-9)).split(1, dim=1)
        left_re, left_im, right_re, right_im = spec.split(1, dim=1)
        phases = [left_re * left_gain, left_im * left_gain, right_re * right_gain, right_im * right_gain]
        return torch.cat([roots, *phases], dim=1)
