"""Folders of true stems: `SONG/vocals.wav …`, the layout of MUSDB18-HQ, and .stem.mp4 files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .audio import AudioError, count_streams, decode
from .constants import SAMPLE_RATE, STEMS
from .store import ShardWriter

AUDIO = {".wav", ".flac", ".opus", ".ogg", ".mp3", ".m4a", ".aif", ".aiff"}

# Tracks of a .stem.mp4: 0 is the mix; MUSDB18 orders the stems so.
STEM_MP4 = {"drums": 1, "bass": 2, "other": 3, "vocals": 4}


def find_songs(root: Path) -> list[Path]:
    """Folders that hold stems, and .stem.mp4 files, below `root`, sorted."""
    folders = {
        path.parent for path in root.rglob("*") if path.stem in STEMS and path.suffix.lower() in AUDIO
    }
    return sorted(folders | set(root.rglob("*.stem.mp4")) | set(root.rglob("*.stem.m4a")))


def read_song(path: Path) -> dict[str, np.ndarray]:
    """The stems of a song as float32 [2, frames], all of one length. Raises AudioError without any stem."""
    stems: dict[str, np.ndarray] = {}
    if path.is_dir():
        for file in sorted(path.iterdir()):
            if file.stem in STEMS and file.suffix.lower() in AUDIO:
                stems[file.stem] = decode(file)
    else:
        streams = count_streams(path)
        for stem, stream in STEM_MP4.items():
            if stream < streams:
                stems[stem] = decode(path, stream=stream)
    if not stems:
        raise AudioError(f"{path}: no stems found")
    frames = max(samples.shape[1] for samples in stems.values())
    return {stem: np.pad(x, ((0, 0), (0, frames - x.shape[1]))) for stem, x in stems.items()}


def song_name(path: Path) -> str:
    return path.name.split(".stem.")[0]


def prepare_stems(root: Path, out: Path, include: list[str], exclude: list[str], cut: list[str]) -> int:
    """One shard a song. `include` and `exclude` hold names; `cut` is "NAME:from-to" in seconds, a part that is
    silenced in every stem so that nothing can be learned from it. Returns the number of songs."""
    cuts = [_parse_cut(text) for text in cut]
    count = 0
    for path in find_songs(root):
        name = song_name(path)
        if (include and name not in include) or name in exclude:
            continue
        stems = read_song(path)
        # Mixes peak above full scale where the master had no limiter; one gain keeps the sum of the stems.
        peak = np.abs(sum(stems.values())).max()
        gain = 0.98 / max(0.98, peak, *(np.abs(x).max() for x in stems.values()))
        writer = ShardWriter(out, f"song-{name}")
        joint = "bass" not in stems
        for stem, samples in stems.items():
            samples = samples * gain
            for song, begin, end in cuts:
                if song == name:
                    samples[:, int(begin * SAMPLE_RATE) : int(end * SAMPLE_RATE)] = 0
            writer.add(name, stem, samples, joint)
        writer.close()
        count += 1
    return count


def _parse_cut(text: str) -> tuple[str, float, float]:
    name, span = text.rsplit(":", 1)
    begin, end = span.split("-")
    return name, float(begin), float(end)
