"""Separates whole songs with a network, in segments that overlap and fade, as the app does."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from .constants import HOP, SEGMENT, STEMS
from .networks.masks import apply_masks
from .spectral import from_graph, istft, stft, to_graph

# Share of a segment that overlaps the next one, and fades in and out linearly.
OVERLAP = 0.125
# Segments begin on whole fours of frames, as the app's do for a manifest with `chain`.
STEP = 4 * round((1 - OVERLAP) * SEGMENT / HOP / 4) * HOP


@torch.no_grad()
def separate_segment(network: nn.Module, mix: Tensor) -> Tensor:
    """[b, 2, samples] to [b, s, 2, samples]."""
    spec = to_graph(stft(mix))
    estimate = apply_masks(network.mask_kind, network(spec), spec)
    return istft(from_graph(estimate), mix.shape[-1])


def fade_window(length: int, overlap: float = OVERLAP) -> np.ndarray:
    """Weights of one segment, [length], above 0: the app's `linear-fade`."""
    fade = max(1, round(length * overlap))
    rise = np.arange(length)
    window = np.minimum(1.0, np.minimum((rise + 1) / fade, (length - rise) / fade))
    return np.maximum(window, 1e-4).astype(np.float32)


def separate(network: nn.Module, mix: np.ndarray, device: torch.device | str = "cpu") -> np.ndarray:
    """A song [2, frames] to stems [s, 2, frames]."""
    network.eval()
    frames = mix.shape[1]
    weights = fade_window(SEGMENT)
    total = np.zeros((len(STEMS), 2, frames), np.float32)
    norm = np.zeros(frames, np.float32)
    for start in range(0, max(1, frames - (SEGMENT - STEP)), STEP):
        end = min(frames, start + SEGMENT)
        piece = np.zeros((1, 2, SEGMENT), np.float32)
        piece[0, :, : end - start] = mix[:, start:end]
        stems = separate_segment(network, torch.from_numpy(piece).to(device))[0].cpu().numpy()
        total[:, :, start:end] += stems[:, :, : end - start] * weights[: end - start]
        norm[start:end] += weights[: end - start]
    return total / norm
