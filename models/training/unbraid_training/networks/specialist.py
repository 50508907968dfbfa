"""One stem and all the rest, of a network that knows every stem: what a specialist ships as."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Specialist(nn.Module):
    """Softmax masks [b, s, ch, f, t] of a network as those of one stem and of the others together, [b, 2, ch, f, t]."""

    mask_kind = "softmax"

    def __init__(self, network: nn.Module, stem: int) -> None:
        super().__init__()
        self.network = network
        self.stem = stem

    def forward(self, spec: Tensor) -> Tensor:
        masks = self.network(spec)
        own = masks[:, self.stem : self.stem + 1]
        return torch.cat([own, masks.sum(1, keepdim=True) - own], dim=1)
