"""Drum kits that never sound the same twice: every song mixes, layers, tunes, shapes and equalises its pieces anew, and
every hit draws one of several samples. One-shots would be learned by heart otherwise."""

from __future__ import annotations

import numpy as np

from .constants import SAMPLE_RATE
from .effects import biquad, equalise
from .library import Entry, Library
from .sampling import put, resample

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

_PIECE_GAIN = {"kick": 1.6, "snare": 1.2, "clap": 0.9, "tom": 1.0, "closed-hat": 0.35, "open-hat": 0.4,
               "crash": 0.5, "ride": 0.4}

# Seconds of a hit that are played, and samples that the hits of one piece draw from.
_LONGEST = 3.0
_TAKES = 4

Kits = dict[str, dict[str, list[Entry]]]


def choose_kit(rng: np.random.Generator, kits: Kits, pieces: dict[str, list[Entry]]) -> dict[str, list[Entry]]:
    """A few samples for each piece, mostly of one kit: its own, or now and then another's."""
    full = sorted(name for name, owned in kits.items() if "kick" in owned and "snare" in owned)
    base = kits[full[rng.integers(len(full))]] if full else {}
    chosen = {}
    for piece, pool in pieces.items():
        if piece in base and rng.random() < 0.75:
            pool = base[piece]
        else:
            # All takes of one instrument, not one of each.
            names = sorted({entry.instrument for entry in pool})
            name = names[rng.integers(len(names))]
            pool = [entry for entry in pool if entry.instrument == name]
        chosen[piece] = [pool[i] for i in rng.integers(len(pool), size=_TAKES)]
    return chosen


def voice_piece(
    rng: np.random.Generator, library: Library, takes: list[Entry], others: list[Entry]
) -> list[np.ndarray]:
    """The takes of one piece, tuned by up to 3 semitones, layered, shortened, shaped and equalised alike."""
    ratio = 2 ** (rng.uniform(-3, 3) / 12)
    layer = others[rng.integers(len(others))] if others and rng.random() < 0.25 else None
    decay = rng.uniform(0.04, 0.5) if rng.random() < 0.4 else None
    click = rng.uniform(-0.6, 1.5) if rng.random() < 0.4 else 0.0
    sections = []
    for _ in range(int(rng.integers(0, 3))):
        hertz = float(np.exp(rng.uniform(np.log(60), np.log(10000))))
        sections.append(biquad("peak", hertz, float(rng.uniform(-7, 7)), float(rng.uniform(0.5, 2))))
    voiced = []
    for take in takes:
        sound = resample(library.audio(take)[0], ratio, _LONGEST)
        if layer is not None:
            second = resample(library.audio(layer)[0], ratio * 2 ** (rng.uniform(-3, 3) / 12), _LONGEST)
            longest = max(len(sound), len(second))
            sound = np.pad(sound, (0, longest - len(sound))) + 0.5 * np.pad(second, (0, longest - len(second)))
        time = np.arange(len(sound), dtype=np.float32) / SAMPLE_RATE
        sound = sound * (1 + np.float32(click) * np.exp(-time / 0.006))
        if decay:
            sound = sound * np.exp(-time / np.float32(decay))
        end = min(len(sound), 200)
        sound[len(sound) - end :] *= np.linspace(1, 0, end, dtype=np.float32)
        voiced.append(equalise(sound[None], sections)[0])
    return voiced


def play_kit(
    rng: np.random.Generator,
    library: Library,
    kits: Kits,
    pieces: dict[str, list[Entry]],
    hits: list[tuple[float, int, float]],
    seconds: float,
) -> dict[str, np.ndarray]:
    """Hits (start in seconds, MIDI note, velocity 0–1) on a random kit: each piece that is hit, [2, samples]."""
    kit = choose_kit(rng, kits, pieces)
    used = sorted({_PIECE_OF.get(note, "percussion") for _, note, _ in hits} & set(kit))
    sounds = {piece: voice_piece(rng, library, kit[piece], pieces[piece]) for piece in used}
    pans = {piece: rng.uniform(-0.5, 0.5) * (piece not in ("kick", "snare")) for piece in used}
    played = {piece: np.zeros((2, int(seconds * SAMPLE_RATE)), np.float32) for piece in used}
    gains = {piece: _PIECE_GAIN.get(piece, 0.6) * 10 ** (rng.uniform(-5, 5) / 20) for piece in used}
    for start, note, velocity in hits:
        piece = _PIECE_OF.get(note, "percussion")
        if piece not in sounds:
            continue
        # Toms differ by their note; the takes of other pieces by chance alone.
        take = note % _TAKES if piece == "tom" else int(rng.integers(_TAKES))
        sound = resample(sounds[piece][take], 2 ** (rng.normal(0, 0.15) / 12), _LONGEST)
        gain = gains[piece] * velocity**1.5
        for ch, side in enumerate((-1, 1)):
            put(played[piece][ch], sound * (gain * (1 + side * pans[piece])), start)
    return played
