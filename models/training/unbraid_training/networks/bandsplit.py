"""A band-split recurrent network in the spirit of BSRNN (Luo & Yu, 2023), scaled down: a GRU along time that
every band shares, and a mixing layer along bands."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from .features import Features
from .masks import MAPS, MaskHead
from .patches import Embed, Groups, Unembed, rows_of


class TimeGru(nn.Module):
    """Two directions along time, the bands as a batch: [b, r, t, c] to the same, with a residual."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(channels)
        self.gru = nn.GRU(channels, hidden, batch_first=True, bidirectional=True)
        self.out = nn.Linear(2 * hidden, channels)

    def forward(self, x: Tensor) -> Tensor:
        batch, rows, channels = int(x.shape[0]), int(x.shape[1]), int(x.shape[3])
        y, _ = self.gru(self.norm(x).reshape(batch * rows, -1, channels))
        return x + self.out(y).reshape(batch, rows, -1, channels)


class BandMix(nn.Module):
    """Dense layers along bands, then along channels, each with a residual (Tolstikhin et al., 2021)."""

    def __init__(self, channels: int, rows: int, expand: int) -> None:
        super().__init__()
        self.row_norm = nn.LayerNorm(channels)
        self.rows = nn.Sequential(nn.Linear(rows, 2 * rows), nn.SiLU(), nn.Linear(2 * rows, rows))
        self.channel_norm = nn.LayerNorm(channels)
        self.channels = nn.Sequential(
            nn.Linear(channels, expand * channels), nn.SiLU(), nn.Linear(expand * channels, channels)
        )

    def forward(self, x: Tensor) -> Tensor:
        mixed = self.rows(self.row_norm(x).permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
        x = x + mixed
        return x + self.channels(self.channel_norm(x))


class BandSplit(nn.Module):
    """The graph of a model: spec [b, (ch ri), f, t] to masks (see `MaskHead`)."""

    def __init__(self, groups: Groups, channels: int, hidden: int, layers: int, mask: str) -> None:
        super().__init__()
        self.mask_kind = mask
        rows = rows_of(groups)
        self.features = Features(phase=mask == "complex")
        self.embed = Embed(groups, self.features.maps, channels)
        self.layers = nn.Sequential(
            *(
                nn.Sequential(TimeGru(channels, hidden), BandMix(channels, rows, 2))
                for _ in range(layers)
            )
        )
        self.norm = nn.LayerNorm(channels)
        self.widen = nn.Sequential(nn.Linear(channels, 2 * channels), nn.SiLU())
        self.unembed = Unembed(groups, 2 * channels, MAPS[mask])
        self.head = MaskHead(mask)

    def forward(self, spec: Tensor) -> Tensor:
        x = self.embed(self.features(spec)).permute(0, 2, 3, 1)
        x = self.widen(self.norm(self.layers(x)))
        return self.head(self.unembed(x.permute(0, 3, 1, 2).contiguous()))
