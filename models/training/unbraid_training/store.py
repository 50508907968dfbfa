"""The training set on disk: raw int16 stereo that a loader maps into memory, and an index beside it.

A shard is NAME.i16, frames × 2 samples interleaved, and NAME.json, which lists tracks. Tracks of one `song`
begin together. Shards are written whole and renamed, so a trainer may read the folder while others add to it.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from .audio import to_int16
from .constants import ALONE, STEMS


@dataclass(frozen=True)
class Track:
    """Stereo audio of one stem. `joint` says what its song's `other` holds besides (see constants.py)."""

    song: str
    stem: str
    start: int
    frames: int
    joint: int = ALONE


class ShardWriter:
    """Collects stems as float32 [2, frames] and writes one shard."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.name = name
        self.tracks: list[Track] = []
        self.frames = 0
        self._part = self.folder / f"{name}.i16.part"
        self._file = open(self._part, "wb")

    def add(self, song: str, stem: str, samples: np.ndarray, joint: int = ALONE) -> None:
        if stem not in STEMS:
            raise ValueError(f"no such stem: {stem}")
        self._file.write(np.ascontiguousarray(to_int16(samples).T).tobytes())
        self.tracks.append(Track(song, stem, self.frames, samples.shape[1], joint))
        self.frames += samples.shape[1]

    def close(self) -> None:
        """Makes the shard visible: first the samples, then the index."""
        self._file.close()
        os.replace(self._part, self.folder / f"{self.name}.i16")
        index = self.folder / f"{self.name}.json.part"
        index.write_text(json.dumps({"tracks": [asdict(track) for track in self.tracks]}))
        os.replace(index, self.folder / f"{self.name}.json")


@dataclass
class Song:
    """The stems of one song or rendered excerpt, as memory-mapped int16 [frames, 2]."""

    name: str
    frames: int
    joint: int
    stems: dict[str, np.ndarray]

    def read(self, stem: str, start: int, frames: int) -> np.ndarray:
        """float32 [2, frames] from `start`; zeros beyond the end and for a stem the song lacks."""
        out = np.zeros((2, frames), np.float32)
        data = self.stems.get(stem)
        if data is None:
            return out
        piece = data[max(0, start) : max(0, start + frames)]
        offset = max(0, -start)
        out[:, offset : offset + len(piece)] = piece.T.astype(np.float32) / 32768
        return out


def read_shard(index: Path) -> list[Song]:
    """The songs of one shard, given its .json."""
    tracks = [Track(**entry) for entry in json.loads(index.read_text())["tracks"]]
    data = np.memmap(index.with_suffix(".i16"), np.int16, mode="r").reshape(-1, 2)
    songs: dict[str, Song] = {}
    for track in tracks:
        song = songs.setdefault(track.song, Song(track.song, 0, int(track.joint), {}))
        song.stems[track.stem] = data[track.start : track.start + track.frames]
        song.frames = max(song.frames, track.frames)
    return list(songs.values())


class Store:
    """Every song of some folders; `refresh` picks up shards that have come since."""

    def __init__(self, folders: list[Path]) -> None:
        self.folders = [Path(folder) for folder in folders]
        self.songs: list[Song] = []
        self._seen: set[Path] = set()
        self.refresh()

    def refresh(self) -> int:
        """Reads new shards in the order of their names; returns how many songs there are."""
        for folder in self.folders:
            for index in sorted(folder.glob("*.json")):
                if index not in self._seen:
                    self._seen.add(index)
                    self.songs.extend(read_shard(index))
        return len(self.songs)
