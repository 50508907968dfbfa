"""Composes: keys, chord progressions, bass lines, chords, arpeggios and melodies as notes in seconds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

SCALES = {
    "major": (0, 2, 4, 5, 7, 9, 11),
    "minor": (0, 2, 3, 5, 7, 8, 10),
    "dorian": (0, 2, 3, 5, 7, 9, 10),
    "mixolydian": (0, 2, 4, 5, 7, 9, 10),
    "harmonic-minor": (0, 2, 3, 5, 7, 8, 11),
}

# Degrees of four bars, 0 = tonic.
PROGRESSIONS = (
    (0, 4, 5, 3),
    (0, 5, 3, 4),
    (5, 3, 0, 4),
    (0, 3, 4, 4),
    (0, 3, 0, 4),
    (1, 4, 0, 0),
    (0, 6, 5, 4),
    (0, 2, 3, 4),
    (0, 0, 3, 4),
    (3, 0, 4, 5),
    (0, 6, 3, 0),
    (0, 0, 0, 0),
)


@dataclass(frozen=True)
class Note:
    """Start and duration in seconds, a MIDI note number and a velocity of 0–1."""

    start: float
    duration: float
    pitch: float
    velocity: float


@dataclass(frozen=True)
class Score:
    """What the players agree on. `swing` delays every second eighth by that share of an eighth."""

    beat: float
    seconds: float
    tonic: int
    scale: tuple[int, ...]
    chords: tuple[int, ...]
    swing: float

    def degree(self, step: int) -> int:
        """Semitones above the tonic of a scale step of any size."""
        return 12 * (step // 7) + self.scale[step % 7]

    def chord(self, time: float) -> int:
        return self.chords[int(time / (4 * self.beat)) % len(self.chords)]

    def grid(self, division: float) -> np.ndarray:
        """Times every `division` beats, with swing on off-beat eighths."""
        times = np.arange(0, self.seconds, division * self.beat)
        if division <= 0.5:
            eighth = np.round(times / (0.5 * self.beat), 3)
            times = times + (eighth % 2 == 1) * self.swing * 0.5 * self.beat
        return times


def compose(rng: np.random.Generator, seconds: float, beat: float) -> Score:
    return Score(
        beat=beat,
        seconds=seconds,
        tonic=int(rng.integers(12)),
        scale=SCALES[str(rng.choice(list(SCALES)))],
        chords=PROGRESSIONS[rng.integers(len(PROGRESSIONS))],
        swing=float(rng.choice([0, 0, 0, 0.15, 0.33])),
    )


def bass_line(rng: np.random.Generator, score: Score) -> list[Note]:
    """Roots, octaves, fifths or a walk, on quarters, eighths or sixteenths, with rests and some syncopation."""
    style = str(rng.choice(["roots", "octaves", "fifths", "walk", "riff", "long"]))
    division = {"long": 4.0, "walk": 1.0}.get(style, float(rng.choice([0.5, 0.5, 1.0, 0.25])))
    low = 24 + score.tonic + (12 if score.tonic < 4 else 0)
    density = 1.0 if style in ("long", "walk") else rng.uniform(0.5, 1)
    riff = rng.choice([0, 0, 0, 2, 4, 7, 4, 6], size=16)
    plays = rng.random(16) < density
    plays[0] = True
    gate = rng.uniform(0.5, 1.0)
    notes = []
    for i, time in enumerate(score.grid(division)):
        if not plays[i % 16]:
            continue
        root = score.chord(time)
        step = root
        if style == "fifths" and i % 2:
            step = root + 4
        elif style == "walk":
            step = root + int(rng.choice([0, 2, 4, 1, -1]))
        elif style == "riff":
            step = root + int(riff[i % 16])
        pitch = low + score.degree(step) + (12 if style == "octaves" and i % 2 else 0)
        while pitch > 50:
            pitch -= 12
        notes.append(Note(time, gate * division * score.beat, pitch, rng.uniform(0.6, 1)))
    return notes


def chords(rng: np.random.Generator, score: Score) -> list[Note]:
    """Triads and sevenths, held or in a rhythm."""
    held = rng.random() < 0.5
    division = float(rng.choice([2.0, 4.0])) if held else float(rng.choice([0.5, 1.0, 0.25]))
    plays = rng.random(16) < rng.uniform(0.4, 0.9)
    steps = (0, 2, 4, 6)[: int(rng.choice([3, 3, 4, 2]))]
    base = 48 + score.tonic + 12 * int(rng.choice([0, 0, 1]))
    strum = rng.choice([0, 0, 0.012, 0.03])
    gate = rng.uniform(0.4, 1.0)
    notes = []
    for i, time in enumerate(score.grid(division)):
        if not held and not plays[i % 16]:
            continue
        velocity = rng.uniform(0.5, 1)
        for n, step in enumerate(steps):
            pitch = base + score.degree(score.chord(time) + step)
            notes.append(Note(time + n * strum, gate * division * score.beat, pitch, velocity))
    return notes


def arpeggio(rng: np.random.Generator, score: Score) -> list[Note]:
    division = float(rng.choice([0.25, 0.5, 1 / 3]))
    pattern = rng.permutation([0, 2, 4, 7, 9, 4])[: int(rng.integers(3, 7))]
    base = 60 + score.tonic - 12 * int(rng.integers(0, 2))
    gate = rng.uniform(0.4, 1.5)
    return [
        Note(
            time,
            gate * division * score.beat,
            base + score.degree(score.chord(time) + int(pattern[i % len(pattern)])),
            rng.uniform(0.5, 1),
        )
        for i, time in enumerate(score.grid(division))
    ]


def melody(rng: np.random.Generator, score: Score, low: int, high: int) -> list[Note]:
    """A random walk on the scale between two note numbers, with rests between phrases."""
    notes = []
    step = int(rng.integers(0, 7))
    time = 0.0
    while time < score.seconds:
        beats = float(rng.choice([0.25, 0.5, 0.5, 1, 1, 1.5, 2, 3]))
        if rng.random() < 0.82:
            step += int(rng.choice([-3, -2, -1, -1, 0, 1, 1, 2, 3]))
            pitch = 60 + score.tonic + score.degree(step)
            while pitch < low:
                pitch += 12
                step += 7
            while pitch > high:
                pitch -= 12
                step -= 7
            notes.append(Note(time, beats * score.beat * rng.uniform(0.7, 1), pitch, rng.uniform(0.6, 1)))
        time += beats * score.beat
    return notes
