"""Tables of the validation sets: means of every figure over songs, as text, and the scores of any method on them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from .audio import decode
from .constants import OTHER, STEMS, VOCALS
from .evaluate import mixture, network_method
from .figures import BANDS
from .store import Song, Store
from .validation import SETS, song_figures

# {set: {song: {row: {figure: dB}}}}
Board = dict[str, dict[str, dict[str, dict[str, float]]]]

# From a set, a song and its mixture to estimates [s, 2, frames], or None where it has not been separated.
Method = Callable[[str, Song, np.ndarray], np.ndarray | None]

_ROWS = (*STEMS, "bass+other", "accompaniment")
_MAIN = ("uSDR", "SI-SDR", "lost", "bleed")


def checkpoint_method(path: Path, device: str) -> Method:
    method = network_method(path, device)
    return lambda _, song, mix: method(song, mix)


def mixture_method(_: str, song: Song, mix: np.ndarray) -> np.ndarray:
    return mixture(song, mix)


def files_method(root: Path) -> Method:
    """Stems that a program made of the files of `validation.write_mixtures`: ROOT/SET--SONG/STEM with any suffix. Where there
    is an `accompaniment`, it stands for all but the vocals: the rows of single instruments say nothing then."""

    def method(group: str, song: Song, mix: np.ndarray) -> np.ndarray | None:
        folder = root / f"{group}--{song.name}"
        if not folder.is_dir():
            return None
        made = np.zeros((len(STEMS), *mix.shape), np.float32)
        two = any(path.stem == "accompaniment" for path in folder.iterdir())
        for i, stem in {VOCALS: "vocals", OTHER: "accompaniment"}.items() if two else enumerate(STEMS):
            files = [path for path in folder.iterdir() if path.stem == stem]
            if not files:
                raise FileNotFoundError(f"{folder}: no {stem}")
            samples = decode(files[0])[:, : mix.shape[1]]
            made[i, :, : samples.shape[1]] = samples
        return made

    return method


def scoreboard(method: Method, root: Path, groups: list[str], every: dict[str, int] | None = None) -> Board:
    """Scores of a method on the chosen sets below `root`, on every n-th song of those in `every`."""
    board: Board = {}
    for group in groups:
        board[group] = {}
        for song in Store([root / group]).songs[:: (every or {}).get(group, 1)]:
            mix = np.sum([song.read(stem, 0, song.frames) for stem in STEMS], axis=0)
            made = method(group, song, mix)
            if made is None:
                print(f"{group} {song.name}: not separated, left out")
            else:
                board[group][song.name] = song_figures(song, made, SETS[group])
    return board


def _mean(found: list[dict[str, float]], figure: str) -> float:
    values = [entry[figure] for entry in found if figure in entry]
    return float(np.mean(values)) if values else float("nan")


def tables(board: Board) -> str:
    """For every set: the means over songs of the main figures, then those of lost and bleed by band; for the released songs
    each song's too."""
    lines: list[str] = []
    for group, songs in board.items():
        lines += ["", f"{group}: {len(songs)} songs, means, dB"]
        lines += _block({row: [entry[row] for entry in songs.values() if row in entry] for row in _ROWS})
        if group == "songs":
            for name, entry in songs.items():
                lines += [f"  {name}", *_block({row: [entry[row]] for row in _ROWS if row in entry}, bands=False)]
    return "\n".join(lines[1:])


def _block(rows: dict[str, list[dict[str, float]]], bands: bool = True) -> list[str]:
    header = "".join(f"{name:>9}" for name in _MAIN)
    if bands:
        header += "  lost/bleed" + "".join(f"{band:>14}" for band in BANDS)
    lines = [f"{'stem':15}{header}"]
    for row, found in rows.items():
        if not found:
            continue
        line = f"{row:15}" + "".join(f"{_mean(found, figure):9.2f}" for figure in _MAIN)
        if bands:
            pairs = [f"{_mean(found, f'lost {band}'):.1f}/{_mean(found, f'bleed {band}'):.1f}" for band in BANDS]
            line += " " * 12 + "".join(f"{pair:>14}" for pair in pairs)
        lines.append(line)
    return lines

