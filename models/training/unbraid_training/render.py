"""Songs without end: composes, plays and mixes excerpts, and writes them as shards of a training set."""

from __future__ import annotations

import multiprocessing
from pathlib import Path

import numpy as np

from . import arrange, voices
from .constants import STEMS
from .desk import master, place_voice, process
from .harmony import compose
from .instruments import Orchestra
from .library import Library
from .store import ShardWriter

# Excerpts of one shard: a trainer beside the renderer gets new songs every few minutes.
SHARD = 25


def render_excerpt(orchestra: Orchestra, seed: int, seconds: float) -> dict[str, np.ndarray]:
    """The stems of one excerpt, float32 [2, samples], which add up to its limited mix. Absent stems are left
    out. The same seed and library give the same samples."""
    rng = np.random.default_rng(seed)
    source, beat = arrange.groove(orchestra, rng)
    beat = float(np.clip(beat * rng.uniform(0.85, 1.2), 0.3, 1.1))
    score = compose(rng, seconds, beat)
    dry: dict[str, np.ndarray] = {}
    if rng.random() < 0.85:
        dry["vocals"] = voices.vocals(orchestra, rng, score)
    if rng.random() < 0.9:
        dry["drums"] = arrange.drums(orchestra, rng, score, source)
    if rng.random() < 0.88:
        dry["bass"] = arrange.bass(orchestra, rng, score)
    if rng.random() < 0.95 or not dry:
        layers = [arrange.other_layer(orchestra, rng, score) for _ in range(int(rng.choice([1, 2, 2, 3, 4])))]
        dry["other"] = sum(_even(layer) * np.float32(10 ** (rng.uniform(-8, 0) / 20)) for layer in layers)
    for stem, x in dry.items():
        if rng.random() < 0.15:
            _interrupt(rng, x, int(beat * 4 * 44100))
    wet = {stem: process(orchestra, rng, stem, x, beat) for stem, x in dry.items()}
    place_voice(rng, wet)
    return master(rng, wet)


def _even(x: np.ndarray) -> np.ndarray:
    """A layer at an RMS of 0.1, so that none of them drowns the others by accident."""
    return x * np.float32(0.1 / (np.sqrt(np.mean(x**2)) + 1e-6))


def _interrupt(rng: np.random.Generator, x: np.ndarray, bar: int) -> None:
    """Silences some bars, in place: stems pause in real songs."""
    for begin in range(0, x.shape[1], bar):
        if rng.random() < 0.4:
            x[:, begin : begin + bar] = 0


def _render_shard(job: tuple[Path, Path, int, int, int, float, bool]) -> int:
    library, out, number, seed, count, seconds, held_out = job
    orchestra = _orchestra(library, held_out)
    writer = ShardWriter(out, f"render-{seed:04d}-{number:05d}")
    for i in range(count):
        stems = render_excerpt(orchestra, (seed << 20) + number * SHARD + i, seconds)
        for stem in STEMS:
            if stem in stems:
                writer.add(f"render-{seed}-{number}-{i}", stem, stems[stem])
    writer.close()
    return count


_orchestras: dict[tuple[Path, bool], Orchestra] = {}


def _orchestra(path: Path, held_out: bool) -> Orchestra:
    """One for each process, because its cache of decoded samples is what makes rendering fast."""
    if (path, held_out) not in _orchestras:
        _orchestras[path, held_out] = Orchestra(Library(path), held_out)
    return _orchestras[path, held_out]


def render(
    library: Path, out: Path, count: int, seed: int, seconds: float, workers: int, held_out: bool = False
) -> int:
    """Renders `count` excerpts in shards; shards that exist already are kept. Returns how many were made."""
    jobs = []
    for number, first in enumerate(range(0, count, SHARD)):
        if not (out / f"render-{seed:04d}-{number:05d}.json").exists():
            jobs.append((library, out, number, seed, min(SHARD, count - first), seconds, held_out))
    done = 0
    if workers <= 1:
        for job in jobs:
            done += _render_shard(job)
            print(f"{done} excerpts", flush=True)
        return done
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        for made in pool.imap_unordered(_render_shard, jobs):
            done += made
            print(f"{done} excerpts", flush=True)
    return done
