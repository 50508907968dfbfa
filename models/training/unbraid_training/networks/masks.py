"""From a network's last layer to masks, and from masks to estimates."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from ..constants import STEMS

# Output maps a bin and stem: real masks for 2 channels, complex ones have two parts.
PARTS = {"softmax": 2, "complex": 4}
# Of the four stems.
MAPS = {kind: len(STEMS) * parts for kind, parts in PARTS.items()}


class MaskHead(nn.Module):
    """[b, maps, f, t] to masks: `softmax` [b, s, ch, f, t], `complex` [b, s, (ch ri), f, t].

    Softmax masks of all stems add up to 1 in every bin. Complex masks start at 1/4 + 0i, so that an
    untrained network shares the mixture out evenly too.
    """

    def __init__(self, kind: str, stems: int = len(STEMS)) -> None:
        super().__init__()
        if kind not in PARTS:
            raise ValueError(f"no such mask: {kind}")
        self.kind = kind
        self.stems = stems
        self.register_buffer("start", torch.tensor([0.25, 0.0, 0.25, 0.0]), persistent=False)

    def forward(self, maps: Tensor) -> Tensor:
        # Sizes as numbers and −1 for time: the graph then holds no arithmetic of shapes.
        batch, bins = int(maps.shape[0]), int(maps.shape[2])
        if self.kind == "softmax":
            logits = maps.reshape(batch, self.stems, 2 * bins, -1)
            return torch.softmax(logits, dim=1).reshape(batch, self.stems, 2, bins, -1)
        return maps.reshape(batch, self.stems, 4, bins, -1) + self.start.reshape(1, 1, 4, 1, 1)


def apply_masks(kind: str, masks: Tensor, spec: Tensor) -> Tensor:
    """Masks times the mixture [b, (ch ri), f, t]: estimates [b, s, (ch ri), f, t]."""
    batch, channels, bins, frames = spec.shape
    mix = spec.reshape(batch, 1, 2, 2, bins, frames)
    if kind == "softmax":
        return (masks.unsqueeze(3) * mix).reshape(batch, masks.shape[1], channels, bins, frames)
    parts = masks.reshape(batch, len(STEMS), 2, 2, bins, frames)
    mask_re, mask_im = parts[:, :, :, 0], parts[:, :, :, 1]
    mix_re, mix_im = mix[:, :, :, 0], mix[:, :, :, 1]
    real = mask_re * mix_re - mask_im * mix_im
    imaginary = mask_re * mix_im + mask_im * mix_re
    return torch.stack([real, imaginary], dim=3).reshape(batch, len(STEMS), channels, bins, frames)
