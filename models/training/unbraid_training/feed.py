"""Brings batches to the trainer: in its own process, exactly resumable, or from workers beside it."""

from __future__ import annotations

from typing import Iterator

import torch
from torch import Tensor
from torch.utils.data import DataLoader, IterableDataset, get_worker_info

from .remix import Remixer

# A loader looks for new shards after this many batches.
REFRESH = 200


class _Examples(IterableDataset):
    """Whole batches from one worker; each worker has a generator of its own."""

    def __init__(self, remixer: Remixer, batch: int) -> None:
        super().__init__()
        self.remixer = remixer
        self.batch = batch

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        worker = get_worker_info()
        remixer = self.remixer
        if worker is not None:
            torch.set_num_threads(1)
            seed = int(remixer.rng.integers(2**31)) + worker.id
            remixer = Remixer(remixer.store, seed, remixer.settings)
        count = 0
        while True:
            if count % REFRESH == 0:
                remixer.store.refresh()
            count += 1
            stems, joint = remixer.batch(self.batch)
            yield torch.from_numpy(stems), torch.from_numpy(joint)


class Feed:
    """Endless batches: stems [b, s, 2, samples] and joint flags [b].

    With `workers` 0 a resumed run sees exactly the examples it would have seen; with more, others.
    """

    def __init__(self, remixer: Remixer, batch: int, workers: int) -> None:
        self.remixer = remixer
        self.examples = _Examples(remixer, batch)
        self.workers = workers

    def __iter__(self) -> Iterator[tuple[Tensor, Tensor]]:
        if self.workers == 0:
            return iter(self.examples)
        pinned = torch.cuda.is_available()
        loader = DataLoader(
            self.examples, batch_size=None, num_workers=self.workers, prefetch_factor=4, pin_memory=pinned
        )
        return iter(loader)
