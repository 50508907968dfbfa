"""A sample library in one file: a zip archive, uncompressed, of Opus files and index.json.

Note and drum samples become mono; impulse responses keep their channels. `encode` re-encodes to make a library
that travels; without it files are kept as they are.
"""

from __future__ import annotations

import json
import tempfile
import zipfile
import zlib
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np

from .audio import AudioError, encode_opus
from .catalogue import Sample, read_catalogue
from .midi import read_midi
from .opus import decode_opus
from .pitch import measure_pitch, settle_pitch


@dataclass(frozen=True)
class Entry:
    """One sample. `pitch` is a MIDI note number or None; `level` its RMS over the loudest 0.2 s."""

    file: str
    stem: str
    instrument: str
    piece: str | None
    pitch: float | None
    seconds: float
    level: float
    held_out: bool


# Every tenth instrument is kept from training, chosen by its name alone; so are the singers of vocadito, to measure with.
def is_held_out(name: str) -> bool:
    return zlib.crc32(name.encode()) % 10 == 0


def describe(sample: Sample, audio: np.ndarray) -> Entry | None:
    """The entry of a decoded sample [channels, samples]; None when it is silent."""
    mono = audio.mean(0)
    block = 8820
    squares = [np.mean(mono[i : i + block] ** 2) for i in range(0, max(1, len(mono)), block)]
    level = float(np.sqrt(max(squares)))
    if len(mono) < 400 or level < 1e-4:
        return None
    pitch = settle_pitch(sample.pitch, measure_pitch(mono)) if sample.stem in ("bass", "other", "vocals") else None
    if sample.stem == "vocals" and sample.pitch is None:
        pitch = None
    by_file = sample.stem in ("vocals", "ir") and not sample.instrument.startswith("vctk/")
    who = sample.file if by_file else sample.instrument
    return Entry(
        file=sample.file,
        stem=sample.stem,
        instrument=sample.instrument,
        piece=sample.piece,
        pitch=None if pitch is None else round(float(pitch), 2),
        seconds=round(len(mono) / 44100, 3),
        level=round(level, 6),
        held_out=sample.stem != "ir" and (is_held_out(who) or "vocadito" in sample.file),
    )


def prepare_library(roots: list[Path], out: Path, kilobits: int, seconds: float, every: int) -> int:
    """Packs `roots` (samples.tsv, Opus files, midi/) into the archive `out`; returns the number of samples.

    `kilobits` 0 keeps files as they are. Else notes and hits are cut to `seconds`, sung lines stay whole, and of
    notes only every `every`-th file is taken.
    """
    entries: list[Entry] = []
    out.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive, tempfile.TemporaryDirectory() as work:
        samples = [(root, sample) for root in roots for sample in read_catalogue(root)]
        for number, (root, sample) in enumerate(samples):
            if kilobits and every > 1 and number % every and sample.stem in ("bass", "other"):
                continue
            data = (root / sample.file).read_bytes()
            try:
                audio = decode_opus(data)
            except AudioError as error:
                print(f"skipped {sample.file}: {error}")
                continue
            entry = describe(sample, audio)
            if entry is None:
                continue
            if kilobits:
                data = _smaller(audio, sample.stem, kilobits, seconds, Path(work) / "sample.opus")
            archive.writestr(entry.file, data)
            entries.append(entry)
        songs = {}
        for root in roots:
            for path in sorted((root / "midi").rglob("*.mid")):
                song = read_midi(path)
                if song is not None:
                    songs[str(path.relative_to(root))] = song
        index = {"entries": [asdict(entry) for entry in entries], "midi": songs}
        archive.writestr("index.json", json.dumps(index), zipfile.ZIP_DEFLATED)
    return len(entries)


def _smaller(audio: np.ndarray, stem: str, kilobits: int, seconds: float, path: Path) -> bytes:
    if stem != "vocals":
        audio = audio[:, : int(44100 * seconds)]
    if stem != "ir":
        audio = audio.mean(0, keepdims=True)
    fade = min(2205, audio.shape[1])
    audio = audio.copy()
    audio[:, -fade:] *= np.linspace(1, 0, fade, dtype=np.float32)
    encode_opus(audio, path, kilobits)
    return path.read_bytes()


class Library:
    """An archive opened for reading; samples are decoded when first used and kept as float16."""

    def __init__(self, path: Path) -> None:
        self.path = Path(path)
        self._archive = zipfile.ZipFile(self.path)
        index = json.loads(self._archive.read("index.json"))
        self.entries = [Entry(**entry) for entry in index["entries"]]
        self.midi: dict[str, dict] = index["midi"]
        self._decoded = lru_cache(maxsize=4000)(self._decode)

    def audio(self, entry: Entry) -> np.ndarray:
        """float32 [channels, samples]; all but impulse responses are mono, brought to a level of 0.1."""
        return self._decoded(entry).astype(np.float32)

    def _decode(self, entry: Entry) -> np.ndarray:
        samples = decode_opus(self._archive.read(entry.file))
        if entry.stem == "ir":
            return samples.astype(np.float32)
        return (samples.mean(0, keepdims=True) * (0.1 / entry.level)).astype(np.float16)
