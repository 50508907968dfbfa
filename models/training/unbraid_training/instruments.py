"""Plays notes with the samples of a library."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from .constants import SAMPLE_RATE
from .harmony import Note
from .library import Entry, Library

# General MIDI drum notes (and those of the Groove set's kit) to pieces.
DRUM_NOTES = {
    "kick": (35, 36),
    "snare": (37, 38, 40),
    "clap": (39,),
    "closed-hat": (42, 44, 22),
    "open-hat": (46, 26),
    "tom": (41, 43, 45, 47, 48, 50, 58),
    "crash": (49, 52, 55, 57),
    "ride": (51, 53, 59),
}
_PIECE_OF = {note: piece for piece, notes in DRUM_NOTES.items() for note in notes}


class Orchestra:
    """The instruments of a library, either those for training or those held out."""

    def __init__(self, library: Library, held_out: bool) -> None:
        self.library = library
        self.pitched: dict[str, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
        self.kits: dict[str, dict[str, list[Entry]]] = defaultdict(lambda: defaultdict(list))
        self.pieces: dict[str, list[Entry]] = defaultdict(list)
        self.phrases: list[Entry] = []
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
                self.phrases.append(entry)

    def instrument(self, rng: np.random.Generator, stem: str) -> list[Entry]:
        """The samples of a random instrument. Raises ValueError when the library has none for the stem."""
        names = sorted(self.pitched[stem])
        if not names:
            raise ValueError(f"no instruments for {stem}")
        return self.pitched[stem][names[rng.integers(len(names))]]

    def kit(self, rng: np.random.Generator) -> dict[str, list[Entry]]:
        """One or two samples for each piece, mostly from one kit."""
        full = sorted(name for name, pieces in self.kits.items() if "kick" in pieces and "snare" in pieces)
        base = self.kits[full[rng.integers(len(full))]] if full else {}
        chosen = {}
        for piece, pool in self.pieces.items():
            pool = base[piece] if piece in base and rng.random() < 0.8 else pool
            chosen[piece] = [pool[i] for i in rng.integers(len(pool), size=3 if piece == "tom" else 2)]
        return chosen

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
            _add(out, sound * note.velocity, note.start)
        return out[None]

    def drum(
        self, rng: np.random.Generator, hits: list[tuple[float, int, float]], seconds: float
    ) -> np.ndarray:
        """Hits (start in seconds, MIDI note, velocity 0–1) on a random kit, [2, samples]."""
        kit = self.kit(rng)
        out = np.zeros((2, int(seconds * SAMPLE_RATE)), np.float32)
        pans = {piece: rng.uniform(-0.5, 0.5) * (piece not in ("kick", "snare")) for piece in kit}
        gains = {piece: _PIECE_GAIN.get(piece, 0.6) * 10 ** (rng.uniform(-5, 5) / 20) for piece in kit}
        tune = {piece: 2 ** (rng.normal(0, 2) / 12) for piece in kit}
        for start, note, velocity in hits:
            piece = _PIECE_OF.get(note, "percussion")
            if piece not in kit:
                continue
            entry = kit[piece][note % len(kit[piece])]
            sound = resample(self.library.audio(entry)[0], tune[piece] * 2 ** (rng.normal(0, 0.15) / 12), 4)
            gain = gains[piece] * velocity**1.5
            for ch, side in enumerate((-1, 1)):
                _add(out[ch], sound * (gain * (1 + side * pans[piece])), start)
        return out


_PIECE_GAIN = {"kick": 1.6, "snare": 1.2, "clap": 0.9, "tom": 1.0, "closed-hat": 0.35, "open-hat": 0.4,
               "crash": 0.5, "ride": 0.4}


def resample(x: np.ndarray, ratio: float, seconds: float) -> np.ndarray:
    """At most `seconds` of x played `ratio` times as fast."""
    length = min(int(len(x) / ratio), int(seconds * SAMPLE_RATE))
    at = np.arange(length) * ratio
    return np.interp(at, np.arange(len(x)), x).astype(np.float32)


def _release(sound: np.ndarray, duration: float, release: float) -> None:
    begin = min(len(sound), int(duration * SAMPLE_RATE))
    tail = len(sound) - begin
    if tail > 0:
        sound[begin:] *= np.exp(-4 * np.arange(tail, dtype=np.float32) / (release * SAMPLE_RATE))
    end = min(200, len(sound))
    sound[len(sound) - end :] *= np.linspace(1, 0, end, dtype=np.float32)


def _add(out: np.ndarray, sound: np.ndarray, start: float) -> None:
    begin = int(start * SAMPLE_RATE)
    end = min(len(out), begin + len(sound))
    if 0 <= begin < end:
        out[begin:end] += sound[: end - begin]
