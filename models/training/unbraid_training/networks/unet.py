"""A U-Net over rows and frames with frequency pooling, in the spirit of Jansson et al. (ISMIR 2017), with the
frequency-axis dense layers of TFC-TDF (Choi et al., ISMIR 2020) at the coarser levels."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..constants import STEMS
from .features import Features, level_of, powers, root
from .masks import MAPS, PARTS, MaskHead
from .patches import Embed, Groups, Pool, Unembed, rows_of


def _conv(into: int, out: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(into, out, 3, padding=1, bias=False), nn.BatchNorm2d(out), nn.LeakyReLU(0.1)
    )


class FrequencyDense(nn.Module):
    """A bottleneck dense layer along rows, added to its input: it sees the whole spectrum of a frame."""

    def __init__(self, channels: int, rows: int, hidden: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels)
        self.down = nn.Linear(rows, hidden)
        self.up = nn.Linear(hidden, rows)

    def forward(self, x: Tensor) -> Tensor:
        y = self.norm(x).transpose(2, 3)
        y = self.up(torch.relu(self.down(y))).transpose(2, 3)
        return x + y


class Level(nn.Module):
    """Two convolutions and a residual, then the dense layer; [b, into, r, t] to [b, out, r, t]."""

    def __init__(self, into: int, out: int, rows: int, dense: int) -> None:
        super().__init__()
        self.first = _conv(into, out)
        self.second = _conv(out, out)
        self.dense = FrequencyDense(out, rows, dense) if dense else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        x = self.first(x)
        return self.dense(x + self.second(x))


class Body(nn.Module):
    """Encoder and decoder: [b, widths[0], rows, t] to the same shape.

    `widths` are the channels of the levels, `dense` the hidden sizes of their dense layers (0: none). Rows and
    frames halve from level to level, so both must divide by 2 ** (levels - 1).
    """

    def __init__(self, rows: int, widths: tuple[int, ...], dense: tuple[int, ...]) -> None:
        super().__init__()
        self.encode = nn.ModuleList()
        self.down = nn.ModuleList()
        self.up = nn.ModuleList()
        self.decode = nn.ModuleList()
        for i, width in enumerate(widths):
            self.encode.append(Level(width, width, rows >> i, dense[i]))
            if i + 1 < len(widths):
                self.down.append(nn.Conv2d(width, widths[i + 1], 2, stride=2))
                self.up.append(nn.ConvTranspose2d(widths[i + 1], width, 2, stride=2))
                self.decode.append(Level(2 * width, width, rows >> i, dense[i]))

    def forward(self, x: Tensor) -> Tensor:
        skips = []
        for level, down in zip(self.encode, self.down):
            x = level(x)
            skips.append(x)
            x = down(x)
        x = self.encode[-1](x)
        for i in reversed(range(len(self.up))):
            x = self.decode[i](torch.cat([self.up[i](x), skips[i]], dim=1))
        return x


class UNet(nn.Module):
    """Spec [b, (ch ri), f, t] to masks of bins (see `MaskHead`)."""

    def __init__(self, groups: Groups, widths: tuple[int, ...], dense: tuple[int, ...], mask: str) -> None:
        super().__init__()
        self.mask_kind = mask
        self.features = Features(phase=mask == "complex")
        self.embed = Embed(groups, self.features.maps, widths[0])
        self.body = Body(rows_of(groups), widths, dense)
        self.unembed = Unembed(groups, widths[0], MAPS[mask])
        self.head = MaskHead(mask)

    def forward(self, spec: Tensor) -> Tensor:
        return self.head(self.unembed(self.body(self.embed(self.features(spec)))))


class RowUNet(nn.Module):
    """The fast kind: it sees the mean power of rows and gives one real mask a row, shared by its bins.

    Nothing but the pooling and the spreading touches single bins, and its loss needs sums over rows only
    (see `row_loss`), so it trains in hours on a CPU.
    """

    mask_kind = "softmax"

    def __init__(
        self, groups: Groups, widths: tuple[int, ...], dense: tuple[int, ...], stems: int = len(STEMS)
    ) -> None:
        super().__init__()
        rows = rows_of(groups)
        self.pool = Pool(groups)
        self.embed = nn.Conv2d(4, widths[0], 3, padding=1)
        self.position = nn.Parameter(torch.zeros(1, widths[0], rows, 1))
        self.body = Body(rows, widths, dense)
        self.unembed = nn.Conv2d(widths[0], PARTS["softmax"] * stems, 1)
        self.head = MaskHead("softmax", stems)

    def row_masks(self, power: Tensor) -> Tensor:
        """Pooled `powers` [b, 4, rows, t] to masks [b, s, ch, rows, t]."""
        features = root(power / level_of(power))
        return self.head(self.unembed(self.body(self.embed(features) + self.position)))

    def forward(self, spec: Tensor) -> Tensor:
        masks = self.row_masks(self.pool(powers(spec)))
        batch, stems, channels, rows = (int(size) for size in masks.shape[:4])
        wide = self.pool.spread(masks.reshape(batch, stems * channels, rows, -1))
        return wide.reshape(batch, stems, channels, int(wide.shape[2]), -1)
