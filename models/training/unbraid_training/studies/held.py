"""Excerpts that are held and put together anew in every example, since playing them takes longer than training."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from ..instruments import Orchestra


@dataclass
class Held(ABC):
    """Draws examples of excerpts, each a dictionary of parts [2, samples]. One of them is played anew for every batch."""

    orchestra: Orchestra
    seconds: float = 8.0
    excerpts: int = 48
    """Excerpts that are held."""
    _held: list[dict[str, np.ndarray]] = field(default_factory=list)

    def batch(self, rng: np.random.Generator, size: int, samples: int) -> Tensor:
        """[b, s, 2, samples] float32."""
        while len(self._held) < self.excerpts:
            self._held.append(self.excerpt(rng))
        self._held[rng.integers(self.excerpts)] = self.excerpt(rng)
        return torch.from_numpy(np.stack([self._example(rng, samples) for _ in range(size)]))

    @abstractmethod
    def excerpt(self, rng: np.random.Generator) -> dict[str, np.ndarray]:
        """Plays one."""

    @abstractmethod
    def _example(self, rng: np.random.Generator, samples: int) -> np.ndarray:
        """[s, 2, samples] float32 of what is held."""
