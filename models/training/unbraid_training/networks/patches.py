"""Rows of unequal width along frequency: narrow where harmonics lie, wide where hiss lies.

Both networks work on rows instead of bins. A group (width, count) makes `count` rows of `width` bins each by a
strided convolution; a transposed one brings rows back to bins.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

Groups = tuple[tuple[int, int], ...]


def rows_of(groups: Groups) -> int:
    return sum(count for _, count in groups)


def bins_of(groups: Groups) -> int:
    return sum(width * count for width, count in groups)


class Embed(nn.Module):
    """[b, maps, bins, t] to [b, channels, rows, t], with a learned bias a row, as convolutions cannot tell
    low rows from high ones."""

    def __init__(self, groups: Groups, maps: int, channels: int) -> None:
        super().__init__()
        self.sizes = [width * count for width, count in groups]
        self.convs = nn.ModuleList(
            nn.Conv2d(maps, channels, (width, 1), stride=(width, 1)) for width, _ in groups
        )
        self.position = nn.Parameter(torch.zeros(1, channels, rows_of(groups), 1))

    def forward(self, x: Tensor) -> Tensor:
        parts = x.split(self.sizes, dim=2)
        rows = torch.cat([conv(part) for conv, part in zip(self.convs, parts)], dim=2)
        return rows + self.position


class Unembed(nn.Module):
    """[b, channels, rows, t] to [b, maps, bins, t]."""

    def __init__(self, groups: Groups, channels: int, maps: int) -> None:
        super().__init__()
        self.counts = [count for _, count in groups]
        self.convs = nn.ModuleList(
            nn.ConvTranspose2d(channels, maps, (width, 1), stride=(width, 1)) for width, _ in groups
        )

    def forward(self, x: Tensor) -> Tensor:
        parts = x.split(self.counts, dim=2)
        return torch.cat([conv(part) for conv, part in zip(self.convs, parts)], dim=2)


class Pool(nn.Module):
    """[b, maps, bins, t] to the mean of each row, [b, maps, rows, t]; `spread` is its transpose."""

    def __init__(self, groups: Groups) -> None:
        super().__init__()
        self.groups = groups
        self.sizes = [width * count for width, count in groups]

    def forward(self, x: Tensor) -> Tensor:
        parts = x.split(self.sizes, dim=2)
        means = [
            part if width == 1 else nn.functional.avg_pool2d(part, (width, 1))
            for part, (width, _) in zip(parts, self.groups)
        ]
        return torch.cat(means, dim=2)

    def spread(self, rows: Tensor) -> Tensor:
        """[b, maps, rows, t] to [b, maps, bins, t]: every bin gets the value of its row."""
        batch, maps = int(rows.shape[0]), int(rows.shape[1])
        wide = []
        for part, (width, count) in zip(rows.split([count for _, count in self.groups], dim=2), self.groups):
            if width > 1:
                # A product with ones is one operation in ONNX; an expansion would compute its shape at run time.
                part = part.unsqueeze(3) * torch.ones(1, 1, 1, width, 1, dtype=rows.dtype, device=rows.device)
                part = part.reshape(batch, maps, count * width, -1)
            wide.append(part)
        return torch.cat(wide, dim=2)
