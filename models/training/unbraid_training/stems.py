"""Folders of true stems: `SONG/vocals.wav …`, the layout of MUSDB18-HQ, and .stem.mp4 files."""

from __future__ import annotations

import zlib
from pathlib import Path

import numpy as np

from .audio import AudioError, count_channels, count_streams, decode, encode_opus
from .constants import ALL_BUT_VOCALS, ALONE, SAMPLE_RATE, STEMS, WITH_BASS
from .opus import decode_opus
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
                stems[file.stem] = _decode(file)
    else:
        streams = count_streams(path)
        for stem, stream in STEM_MP4.items():
            if stream < streams:
                stems[stem] = decode(path, stream=stream)
    if not stems:
        raise AudioError(f"{path}: no stems found")
    frames = max(samples.shape[1] for samples in stems.values())
    return {stem: np.pad(x, ((0, 0), (0, frames - x.shape[1]))) for stem, x in stems.items()}


def _decode(file: Path) -> np.ndarray:
    """float32 [2, frames]; Opus needs no ffmpeg, so that packed songs can be read anywhere."""
    if file.suffix.lower() != ".opus":
        return decode(file)
    samples = decode_opus(file.read_bytes())
    return np.ascontiguousarray(np.broadcast_to(samples, (2, samples.shape[1])))


def song_name(path: Path) -> str:
    return path.name.split(".stem.")[0]


def _chosen(root: Path, include: list[str], exclude: list[str]) -> list[Path]:
    named = [(song_name(path), path) for path in find_songs(root)]
    return [path for name, path in named if (not include or name in include) and name not in exclude]


def pack_stems(root: Path, out: Path, kilobits: int, include: list[str], exclude: list[str]) -> int:
    """Re-encodes songs to OUT/SONG/STEM.opus; returns the bytes written."""
    size = 0
    for path in _chosen(root, include, exclude):
        folder = out / song_name(path)
        folder.mkdir(parents=True, exist_ok=True)
        for stem, samples in read_song(path).items():
            encode_opus(samples, folder / f"{stem}.opus", kilobits)
            size += (folder / f"{stem}.opus").stat().st_size
    return size


def prepare_stems(root: Path, out: Path, include: list[str], exclude: list[str], cut: list[str]) -> int:
    """One shard a song. `include` and `exclude` hold names; `cut` is "NAME:from-to" in seconds, a part that is
    silenced in every stem so that nothing can be learned from it. Returns the number of songs."""
    cuts = [_parse_cut(text) for text in cut]
    count = 0
    for path in _chosen(root, include, exclude):
        name = song_name(path)
        stems = read_song(path)
        # Mixes peak above full scale where the master had no limiter; one gain keeps the sum of the stems.
        peak = np.abs(sum(stems.values())).max()
        gain = 0.98 / max(0.98, peak, *(float(np.abs(x).max()) for x in stems.values()))
        writer = ShardWriter(out, f"song-{name}")
        joint = ALONE if "bass" in stems else WITH_BASS
        for stem, samples in stems.items():
            samples = samples * gain
            for song, begin, end in cuts:
                if song == name:
                    samples[:, int(begin * SAMPLE_RATE) : int(end * SAMPLE_RATE)] = 0
            writer.add(name, stem, samples, joint)
        writer.close()
        count += 1
    return count


def prepare_instrumentals(root: Path, out: Path, held_out: bool, every: bool = False) -> int:
    """Music without a voice: one shard a file, all of it in `other`. Half of the files, chosen by their names, are held out
    for measuring, unless `every` takes them all. Returns the number of songs."""
    count = 0
    for path in sorted(root.rglob("*")):
        if path.suffix.lower() not in AUDIO or (not every and is_measured(path.stem) != held_out):
            continue
        samples = _decode(path)
        samples = samples * np.float32(0.98 / max(0.98, float(np.abs(samples).max())))
        writer = ShardWriter(out, f"instrumental-{path.stem}")
        writer.add(f"instrumental-{path.stem}", "other", samples, ALL_BUT_VOCALS)
        writer.close()
        count += 1
    return count


def prepare_karaoke(root: Path, out: Path) -> int:
    """Clips in the layout of MIR-1K, stereo files whose left channel is the music and whose right one the voice (Hsu & Jang
    2010): one shard for all of them. Returns the number of clips. Raises AudioError for a file of one channel."""
    files = sorted(path for path in root.rglob("*") if path.suffix.lower() in AUDIO)
    if not files:
        return 0
    for path in files:
        if count_channels(path) != 2:
            raise AudioError(f"{path}: music on the left and a voice on the right need two channels")
    writer = ShardWriter(out, "karaoke")
    for path in files:
        music, voice = decode(path)
        gain = np.float32(0.98 / max(0.98, float(np.abs(music + voice).max())))
        writer.add(path.stem, "other", np.stack([music, music]) * gain, ALL_BUT_VOCALS)
        writer.add(path.stem, "vocals", np.stack([voice, voice]) * gain, ALL_BUT_VOCALS)
    writer.close()
    return len(files)


def is_measured(name: str) -> bool:
    """Whether an instrumental is kept from training, by its name alone."""
    return zlib.crc32(f"held-out/{name}".encode()) % 2 == 0


def _parse_cut(text: str) -> tuple[str, float, float]:
    name, span = text.rsplit(":", 1)
    begin, end = span.split("-")
    return name, float(begin), float(end)
