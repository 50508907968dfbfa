"""Plays notes with the samples of a library."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

import numpy as np

from .constants import SAMPLE_RATE
from .drumkit import play_kit
from .harmony import Note
from .library import Entry, Library
from .sampling import put, resample
from .sing import Utterance, analyse

class Orchestra:
    """The instruments of a library, either those for training or those held out."""

    def __init__(self, library: Library, held_out: bool) -> None:
        self.library = library
        self.pitched: dict[str, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
        self.kits: dict[str, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
        self.pieces: dict[str, list[Entry]] = defaultdict(list)
        self.phrases: list[Entry] = []
        """Sung or shouted by people; `singer` is the synthetic one, `speakers` what people say, by speaker."""
        self.singer: list[Entry] = []
        self.speakers: dict[str, list[Entry]] = defaultdict(list)
        self._utterance = lru_cache(maxsize=1000)(self._analyse)
        self.loops: list[Entry] = []
        self.impulses = [entry for entry in library.entries if entry.stem == "ir"]
        for entry in library.entries:
            if entry.stem == "ir" or entry.held_out != held_out:
                continue
            if entry.stem == "drums":
                if entry.piece:
                    self.kits[entry.instrument][entry.piece].append(entry)
                    self.pieces[entry.piece].append(entry)
                else:
                    self.loops.append(entry)
            elif entry.pitch is not None:
                self.pitched[entry.stem][entry.instrument].append(entry)
            elif entry.stem == "vocals":
                if entry.file.startswith("speech/"):
                    own = entry.instrument if entry.instrument.startswith("vctk/") else entry.file
                    self.speakers[own].append(entry)
                elif entry.instrument.startswith("sung/"):
                    self.singer.append(entry)
                else:
                    self.phrases.append(entry)

    def instrument(self, rng: np.random.Generator, stem: str) -> list[Entry]:
        """The samples of a random instrument. Raises ValueError when the library has none for the stem."""
        names = sorted(self.pitched[stem])
        if not names:
            raise ValueError(f"no instruments for {stem}")
        return self.pitched[stem][names[rng.integers(len(names))]]

    def play(self, rng: np.random.Generator, notes: list[Note], samples: list[Entry], seconds: float) -> np.ndarray:
        """Notes on one instrument, [1, samples]: the nearest sample at the note's pitch by resampling."""
        out = np.zeros(int(seconds * SAMPLE_RATE), np.float32)
        pitches = np.array([entry.pitch for entry in samples])
        release = rng.uniform(0.02, 0.25)
        detune = rng.normal(0, 0.05)
        for note in notes:
            distance = np.abs(pitches - note.pitch)
            near = np.nonzero(distance <= distance.min() + 1.5)[0]
            entry = samples[near[rng.integers(len(near))]]
            ratio = 2 ** ((note.pitch + detune - entry.pitch) / 12)
            # A sample moved by more than two octaves is no longer an instrument.
            if not 0.25 <= ratio <= 4:
                continue
            sound = resample(self.library.audio(entry)[0], ratio, note.duration + release)
            _release(sound, note.duration, release)
            put(out, sound * note.velocity, note.start)
        return out[None]

    def drum(
        self, rng: np.random.Generator, hits: list[tuple[float, int, float]], seconds: float
    ) -> np.ndarray:
        """Hits (start in seconds, MIDI note, velocity 0–1) on a random kit, [2, samples]."""
        silence = np.zeros((2, int(seconds * SAMPLE_RATE)), np.float32)
        return sum(self.drum_pieces(rng, hits, seconds).values(), silence)

    def drum_pieces(
        self, rng: np.random.Generator, hits: list[tuple[float, int, float]], seconds: float
    ) -> dict[str, np.ndarray]:
        """The same, each piece that is hit by itself."""
        return play_kit(rng, self.library, self.kits, self.pieces, hits, seconds)

    def speaker(self, rng: np.random.Generator) -> list[Utterance]:
        """What a random speaker says, ready to be sung; empty when too little of it is voiced."""
        names = sorted(self.speakers)
        entries = self.speakers[names[rng.integers(len(names))]]
        found = [self._utterance(entry) for entry in entries]
        return [utterance for utterance in found if utterance is not None]

    def _analyse(self, entry: Entry) -> Utterance | None:
        return analyse(self.library.audio(entry)[0])


def _release(sound: np.ndarray, duration: float, release: float) -> None:
    begin = min(len(sound), int(duration * SAMPLE_RATE))
    tail = len(sound) - begin
    if tail > 0:
        sound[begin:] *= np.exp(-4 * np.arange(tail, dtype=np.float32) / (release * SAMPLE_RATE))
    end = min(200, len(sound))
    sound[len(sound) - end :] *= np.linspace(1, 0, end, dtype=np.float32)
