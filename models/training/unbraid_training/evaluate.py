"""Scores of a network, of files, or of a baseline on songs with known stems."""

from __future__ import annotations

from pathlib import Path
from typing import Callable

import numpy as np

from . import checkpoint
from .audio import decode
from .bss_eval import FIGURES, bss_eval
from .constants import SAMPLE_RATE, STEMS
from .metrics import METRICS
from .networks import build
from .separate import separate
from .store import Song
from .stems import AUDIO

# From a song's name and mixture [2, frames] to stems [s, 2, frames].
Method = Callable[[Song, np.ndarray], np.ndarray]

Scores = dict[str, dict[str, dict[str, float]]]


def mixture(_: Song, mix: np.ndarray) -> np.ndarray:
    """The baseline every method must beat: the mixture itself as every stem."""
    return np.stack([mix] * len(STEMS))


def network_method(path: Path, device: str) -> Method:
    """The averaged weights of a checkpoint."""
    state = checkpoint.load(path, device)
    network = build(state["settings"]["network"]).to(device)
    network.load_state_dict(state["ema"])
    return lambda _, mix: separate(network, mix, device)


def folder_method(root: Path, pattern: str = "{stem}", begin: float = 0) -> Method:
    """Files another program made of whole songs: root/SONG/`pattern` with any audio suffix. `begin` is where
    the scored part starts, seconds."""

    def method(song: Song, mix: np.ndarray) -> np.ndarray:
        made = np.zeros((len(STEMS), *mix.shape), np.float32)
        for i, stem in enumerate(STEMS):
            name = pattern.format(stem=stem, song=song.name)
            for file in sorted((root / song.name).iterdir()):
                if file.stem == name and file.suffix in AUDIO:
                    first = int(begin * SAMPLE_RATE)
                    samples = decode(file)[:, first : first + mix.shape[1]]
                    made[i, :, : samples.shape[1]] = samples
        return made

    return method


def read_song(song: Song, begin: float, end: float) -> np.ndarray:
    """The stems of a song between two times in seconds (end 0: to its end), [s, 2, frames]."""
    first = int(begin * SAMPLE_RATE)
    last = min(song.frames, int(end * SAMPLE_RATE)) if end else song.frames
    return np.stack([song.read(stem, first, last - first) for stem in STEMS])


def bss_medians(rows: dict[str, tuple[np.ndarray, np.ndarray]]) -> dict[str, dict[str, float]]:
    """Medians of the BSSEval v4 figures over windows; stems compete among themselves, the accompaniment with the
    vocals, as in museval. `rows` holds (true, estimate) of stems that are not silent, [2, frames]."""
    single = [stem for stem in rows if stem != "accompaniment"]
    groups = [single]
    if "accompaniment" in rows and "vocals" in rows:
        groups.append(["vocals", "accompaniment"])
    result: dict[str, dict[str, float]] = {}
    for group in groups:
        true, made = (np.stack([rows[stem][i] for stem in group]) for i in (0, 1))
        medians = np.nanmedian(bss_eval(true, made, SAMPLE_RATE), axis=2)
        for i, stem in enumerate(group):
            result[stem] = dict(zip(FIGURES, map(float, medians[:, i])))
    return result


def score(
    method: Method, songs: list[Song], begin: float = 0, end: float = 0, bss: bool = False
) -> Scores:
    """{song: {stem: {metric: dB}}}. Stems silent in the reference are left out; of a song whose bass lies in
    its other, the two are scored as their sum under "bass+other". "accompaniment" is all but the vocals. `bss` adds the
    figures of BSSEval v4, which take minutes a song."""
    result: Scores = {}
    for song in songs:
        stems = read_song(song, begin, end)
        made = method(song, stems.sum(0))
        rows = {stem: (stems[i], made[i]) for i, stem in enumerate(STEMS)}
        if song.joint:
            rows["bass+other"] = (stems[2] + stems[3], made[2] + made[3])
            del rows["bass"], rows["other"]
        rows["accompaniment"] = (stems[1:].sum(0), made[1:].sum(0))
        heard = {stem: row for stem, row in rows.items() if np.mean(row[0] ** 2) > 1e-8}
        result[song.name] = {
            stem: {name: metric(true, est) for name, metric in METRICS.items()}
            for stem, (true, est) in heard.items()
        }
        for stem, figures in (bss_medians(heard) if bss else {}).items():
            result[song.name][stem].update(figures)
    return result


def mixture_scores(songs: list[Song], begin: float = 0, end: float = 0) -> Scores:
    """`score` of the mixture; its accompaniment is the mixture too, not a sum of three mixtures."""
    result = score(mixture, songs, begin, end)
    for song in songs:
        stems = read_song(song, begin, end)
        mix = stems.sum(0)
        for stem, true in (("accompaniment", stems[1:].sum(0)), ("bass+other", stems[2:].sum(0))):
            if stem in result[song.name]:
                result[song.name][stem] = {name: metric(true, mix) for name, metric in METRICS.items()}
    return result


def table(scores: Scores) -> str:
    """The median over songs for each stem and metric, as lines of text."""
    rows = [row for song in scores.values() for row in song.values()]
    names = [*METRICS, *(name for name in FIGURES if any(name in row for row in rows))]
    lines = ["stem           " + "".join(f"{name:>9}" for name in names)]
    for stem in (*STEMS, "bass+other", "accompaniment"):
        found = [entry[stem] for entry in scores.values() if stem in entry]
        if found:
            columns = [[entry.get(name, np.nan) for entry in found] for name in names]
            medians = [float(np.nanmedian(column)) for column in columns]
            lines.append(f"{stem:15}" + "".join(f"{value:9.2f}" for value in medians))
    return "\n".join(lines)
