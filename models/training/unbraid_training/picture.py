"""Spectrogram pictures for model cards: the mixture, then every stem, true on the left and estimated on the right."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import numpy as np
import torch

from .constants import N_FFT, SAMPLE_RATE, STEMS
from .evaluate import Method, read_song
from .spectral import stft
from .store import Song

# Anchors of a dark-to-light map of even lightness; the levels between are interpolated.
_COLOURS = np.array(
    [(6, 5, 18), (48, 18, 92), (122, 33, 118), (196, 58, 96), (244, 118, 82), (252, 196, 128), (252, 252, 220)]
)
LOWEST, HIGHEST = 40.0, 16000.0
RANGE_DB = 70.0


def palette() -> np.ndarray:
    """256 colours, [256, 3] uint8."""
    at = np.linspace(0, len(_COLOURS) - 1, 256)
    channels = [np.interp(at, range(len(_COLOURS)), _COLOURS[:, c]) for c in range(3)]
    return np.stack(channels, axis=1).round().astype(np.uint8)


def levels(wave: np.ndarray, loudest: float, height: int, width: int) -> np.ndarray:
    """[2, samples] to [height, width] uint8: decibels below `loudest` on a logarithmic axis, low frequencies below."""
    magnitude = stft(torch.from_numpy(wave)).abs().mean(0).numpy()
    edges = np.geomspace(LOWEST, HIGHEST, height + 1) * N_FFT / SAMPLE_RATE
    rows = np.stack(
        [magnitude[int(low) : max(int(low) + 1, int(high))].max(0) for low, high in zip(edges, edges[1:])]
    )
    columns = np.linspace(0, rows.shape[1], width + 1).astype(int)
    cells = np.stack([rows[:, a : max(a + 1, b)].max(1) for a, b in zip(columns, columns[1:])], axis=1)
    decibels = 20 * np.log10(cells / loudest + 1e-9)
    return np.clip(255 * (1 + decibels / RANGE_DB), 0, 255).astype(np.uint8)[::-1]


def compose(song: Song, method: Method, begin: float, end: float, height: int = 96, width: int = 440) -> np.ndarray:
    """The picture's levels, [5 rows, 2 columns] with gaps; the mixture fills the first row."""
    stems = read_song(song, begin, end)
    mix = stems.sum(0)
    made = method(song, mix)
    loudest = float(stft(torch.from_numpy(mix)).abs().max())
    gap = 6
    rows = [levels(mix, loudest, height, 2 * width + gap)]
    for i in range(len(STEMS)):
        pair = [levels(wave, loudest, height, width) for wave in (stems[i], made[i])]
        rows.append(np.concatenate([pair[0], np.full((height, gap), 255, np.uint8), pair[1]], axis=1))
    line = np.full((gap, 2 * width + gap), 255, np.uint8)
    parts = [part for row in rows for part in (row, line)][:-1]
    return np.concatenate(parts)


def write_png(path: Path, picture: np.ndarray) -> None:
    """An indexed PNG (ISO/IEC 15948) of levels [rows, columns] in the palette's colours."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows, columns = picture.shape
    head = struct.pack(">IIBBBBB", columns, rows, 8, 3, 0, 0, 0)
    lines = b"".join(b"\0" + line.tobytes() for line in picture)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"PLTE", palette().tobytes())
        + chunk(b"IDAT", zlib.compress(lines, 9))
        + chunk(b"IEND", b"")
    )
