"""Players: each makes the dry sound of one stem, or of one layer of it, for an excerpt."""

from __future__ import annotations

import numpy as np

from .constants import SAMPLE_RATE
from .effects import biquad, chorus, equalise, pan, reverb, saturate
from .harmony import Note, Score, arpeggio, bass_line, chords, melody
from .drumkit import DRUM_NOTES
from .instruments import Orchestra
from .midi import DRUM_CHANNEL


def groove(orchestra: Orchestra, rng: np.random.Generator) -> tuple[dict, float]:
    """A drummer's recording from the library's MIDI, and the seconds of its quarter note."""
    names = sorted(name for name in orchestra.library.midi if "groove" in name and "beat" in name)
    song = orchestra.library.midi[names[rng.integers(len(names))]]
    return song, song["beat"]


def drums(orchestra: Orchestra, rng: np.random.Generator, score: Score, source: dict) -> np.ndarray:
    """A groove at the tempo of the score, or a machine's pattern; [2, samples]."""
    return orchestra.drum(rng, drum_hits(rng, score, source), score.seconds)


def drum_hits(rng: np.random.Generator, score: Score, source: dict) -> list[tuple[float, int, float]]:
    """What `drums` plays: start in seconds, MIDI note, velocity 0–1."""
    if rng.random() >= 0.7:
        return machine_pattern(rng, score)
    hits = []
    notes = [note for note in source["notes"] if note[4] == DRUM_CHANNEL]
    stretch = score.beat / source["beat"]
    end = max((note[0] for note in notes), default=0.0) * stretch
    offset = rng.uniform(0, max(0.0, end - score.seconds))
    bars = 4 * score.beat
    offset = bars * int(offset / bars)
    for start, _, note, velocity, *_ in notes:
        at = start * stretch - offset
        if 0 <= at < score.seconds:
            hits.append((at, int(note), velocity / 127))
    return hits


def machine_pattern(rng: np.random.Generator, score: Score) -> list[tuple[float, int, float]]:
    """Sixteenths of a drum machine: four on the floor or broken, a backbeat, hats, now and then toms."""
    four = rng.random() < 0.5
    kick = np.zeros(16, bool)
    kick[::4] = four
    if not four:
        kick[0] = True
        kick[rng.choice(16, size=3, replace=False)] = True
    rows = {
        36: kick,
        int(rng.choice([38, 39])): np.isin(np.arange(16), [4, 12]),
        42: np.arange(16) % int(rng.choice([1, 2, 4])) == 0,
        46: (np.arange(16) % 4 == 2) & (rng.random() < 0.4),
        int(rng.choice(DRUM_NOTES["tom"])): rng.random(16) < 0.06,
        int(rng.choice([49, 51, 70])): np.arange(16) == int(rng.choice([0, 2, 8])),
    }
    hits = []
    for i, time in enumerate(score.grid(0.25)):
        for note, row in rows.items():
            if row[i % 16]:
                hits.append((time, note, float(rng.uniform(0.6, 1))))
    return hits


def liven(
    rng: np.random.Generator, score: Score, hits: list[tuple[float, int, float]]
) -> list[tuple[float, int, float]]:
    """A groove with what grooves seldom have: hats may become a ride, bars may begin with a crash and end with a fill on toms."""
    played = list(hits)
    if rng.random() < 0.3:
        hats = DRUM_NOTES["closed-hat"] + DRUM_NOTES["open-hat"]
        bell = int(rng.choice(DRUM_NOTES["ride"]))
        played = [(start, bell if note in hats else note, velocity) for start, note, velocity in played]
    crashes, fills = rng.random() < 0.5, rng.random() < 0.6
    bar = 4 * score.beat
    for begin in np.arange(0, score.seconds, bar):
        if crashes and rng.random() < 0.5:
            played.append((float(begin), int(rng.choice(DRUM_NOTES["crash"])), float(rng.uniform(0.6, 1))))
        if fills and rng.random() < 0.5:
            played += _fill(rng, begin + bar, score.beat, score.seconds)
    return played


def _fill(rng: np.random.Generator, end: float, beat: float, seconds: float) -> list[tuple[float, int, float]]:
    """Sixteenths down the toms over the last one to four beats of a bar."""
    toms = sorted(rng.choice(DRUM_NOTES["tom"], int(rng.integers(2, 5)), replace=False), reverse=True)
    count = 4 * int(rng.integers(1, 5))
    kept = [i for i in range(count) if rng.random() < 0.8]
    starts = [(end - (count - i) * beat / 4, int(toms[i * len(toms) // count])) for i in kept]
    return [(float(at), tom, float(rng.uniform(0.5, 1))) for at, tom in starts if 0 <= at < seconds]


def bass(orchestra: Orchestra, rng: np.random.Generator, score: Score) -> np.ndarray:
    """One bass, clean, driven or doubled by a low sine; [1, samples]."""
    notes = bass_line(rng, score)
    x = orchestra.play(rng, notes, orchestra.instrument(rng, "bass"), score.seconds)
    if rng.random() < 0.2:
        x = x + rng.uniform(0.3, 1) * _oscillator(rng, notes, score.seconds)
    if rng.random() < 0.4:
        x = saturate(x, rng.uniform(1, 8))
    return x


def _oscillator(rng: np.random.Generator, notes: list[Note], seconds: float) -> np.ndarray:
    """A synthesiser voice: sine, triangle, saw or square with a falling low-pass; [1, samples]."""
    out = np.zeros(int(seconds * SAMPLE_RATE), np.float32)
    shape = str(rng.choice(["sine", "triangle", "saw", "square"]))
    decay = rng.uniform(0.2, 3)
    for note in notes:
        length = min(int((note.duration + 0.02) * SAMPLE_RATE), len(out) - int(note.start * SAMPLE_RATE))
        if length <= 0:
            continue
        time = np.arange(length) / SAMPLE_RATE
        phase = time * 440 * 2 ** ((note.pitch - 69) / 12)
        wave = np.sin(2 * np.pi * phase)
        if shape == "triangle":
            wave = 2 * np.abs(2 * (phase % 1) - 1) - 1
        elif shape == "saw":
            wave = 2 * (phase % 1) - 1
        elif shape == "square":
            wave = np.sign(wave)
        envelope = np.exp(-time / decay) * np.minimum(1, time / 0.004)
        envelope *= np.minimum(1, (length - np.arange(length)) / 600)
        begin = int(note.start * SAMPLE_RATE)
        out[begin : begin + length] += (0.1 * note.velocity * wave * envelope).astype(np.float32)
    return equalise(out[None], [biquad("low-pass", float(rng.uniform(300, 6000)))])


def other_layer(orchestra: Orchestra, rng: np.random.Generator, score: Score) -> np.ndarray:
    """One layer of the accompaniment; leads are written where voices lie, as hard negatives; [2, samples]."""
    kind = str(rng.choice(["chords", "chords", "arpeggio", "arpeggio", "lead"]))
    if kind == "chords":
        notes = chords(rng, score)
    elif kind == "arpeggio":
        notes = arpeggio(rng, score)
    else:
        notes = melody(rng, score, 55, 81)
    if rng.random() < 0.15:
        x = _oscillator(rng, notes, score.seconds)
    else:
        x = orchestra.play(rng, notes, orchestra.instrument(rng, "other"), score.seconds)
    if rng.random() < 0.2:
        x = amplifier(orchestra, rng, x)
    if rng.random() < 0.2:
        return chorus(x, rng.uniform(0.001, 0.004), rng.uniform(0.2, 2), rng.uniform(0.3, 0.9))
    return pan(x, rng.uniform(-0.8, 0.8))


def amplifier(orchestra: Orchestra, rng: np.random.Generator, x: np.ndarray) -> np.ndarray:
    """A guitar amplifier: overdrive, then a cabinet's impulse response or a low-pass; [1, samples]."""
    x = equalise(x, [biquad("high-pass", 110), biquad("peak", 800, float(rng.uniform(0, 9)))])
    x = saturate(x, rng.uniform(4, 40), rng.uniform(0, 0.3))
    cabinets = [entry for entry in orchestra.impulses if "cabinet" in entry.file]
    if cabinets and rng.random() < 0.6:
        impulse = orchestra.library.audio(cabinets[rng.integers(len(cabinets))])
        return reverb(x, impulse, 3.0, 0.2).mean(0, keepdims=True)
    return equalise(x, [biquad("low-pass", float(rng.uniform(3000, 6000)))])
