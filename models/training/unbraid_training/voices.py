"""The vocals of an excerpt: real speakers made to sing or rap, real singing, the synthetic singer; doubles, harmonies,
ad-libs and choirs behind them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .constants import SAMPLE_RATE
from .effects import chorus, formants, pan, saturate
from .harmony import Note, Score, chords, melody
from .instruments import Orchestra
from .library import Entry
from .sampling import resample
from .sing import Utterance, brighten, sing

# How often a lead is of each kind, if the library has it. The synthetic singer stays at a quarter: it is one voice.
_KINDS = {"sung-speech": 0.45, "rap": 0.12, "phrases": 0.2, "singer": 0.23}


def vocals(orchestra: Orchestra, rng: np.random.Generator, score: Score) -> np.ndarray:
    """A lead, doubled or in harmony at times, with backing voices that sing the chords; [2, samples]."""
    lead, backing = vocal_parts(orchestra, rng, score)
    return lead + backing


def vocal_parts(orchestra: Orchestra, rng: np.random.Generator, score: Score) -> tuple[np.ndarray, np.ndarray]:
    """The lead, and what is behind it: doubles, harmonies, crowds and choirs; each [2, samples], at times silent."""
    lead, backing = (np.zeros((2, int(score.seconds * SAMPLE_RATE)), np.float32) for _ in range(2))
    have = {"sung-speech": orchestra.speakers, "rap": orchestra.speakers, "phrases": orchestra.phrases,
            "singer": orchestra.singer}
    kinds = [kind for kind in _KINDS if have[kind]]
    if kinds and rng.random() < 0.95:
        chance = np.array([_KINDS[kind] for kind in kinds])
        kind = kinds[rng.choice(len(kinds), p=chance / chance.sum())]
        if kind == "sung-speech":
            _sung(orchestra, rng, score, lead, backing)
        elif kind == "rap":
            _rap(orchestra, rng, score, lead, backing)
        else:
            voice = _line(orchestra, have[kind], rng, lead.shape[1])
            lead += pan(voice, rng.normal(0, 0.08))
            if rng.random() < 0.3:
                _double(rng, backing, voice)
    if orchestra.pitched["vocals"] and rng.random() < 0.25:
        backing += choir(orchestra, rng, score)
    return lead, backing


def choir(orchestra: Orchestra, rng: np.random.Generator, score: Score) -> np.ndarray:
    """Sampled voices that sing chords or a line, spread by a chorus; [2, samples]."""
    notes = chords(rng, score) if rng.random() < 0.6 else melody(rng, score, 50, 76)
    sung = orchestra.play(rng, notes, orchestra.instrument(rng, "vocals"), score.seconds)
    return chorus(sung * rng.uniform(0.2, 0.8), 0.003, rng.uniform(0.2, 0.8), 0.8)


def _tune(rng: np.random.Generator, score: Score, voices: list[Utterance]) -> list[Note]:
    """A melody where the speaker would sing: from a little below the speaking pitch to more than an octave above."""
    middle = float(np.median([voice.pitch for voice in voices]))
    low = int(round(middle + rng.uniform(-2, 4)))
    notes = melody(rng, score, low, low + int(rng.integers(9, 15)))
    # Verses hold short notes, ballads long ones.
    stretch = rng.choice([1.0, 1.0, 1.0, 1.15])
    return [Note(note.start, note.duration * stretch, note.pitch, note.velocity) for note in notes if note.duration > 0.1]


@dataclass(frozen=True)
class Singer:
    """Who sings what, and how large the singer is: a ratio of formants."""

    voices: list[Utterance]
    notes: list[Note]
    formant: float
    seconds: float

    def take(self, rng: np.random.Generator, interval: int = 0, voices: list[Utterance] | None = None) -> np.ndarray:
        """The same notes once more, never quite together, `interval` semitones higher; [samples]."""
        return sing(rng, voices or self.voices, _loosely(rng, self.notes, interval), self.seconds, self.formant)


def sung_lead(orchestra: Orchestra, rng: np.random.Generator, score: Score) -> tuple[np.ndarray, Singer] | None:
    """A real speaker sings, near the middle; [2, samples]. None where too little of what was said can be sung."""
    voices = orchestra.speaker(rng)
    if not voices:
        return None
    notes = _tune(rng, score, voices)
    singer = Singer(voices, notes, float(2 ** rng.normal(0, 0.09)), score.seconds)
    lead = brighten(sing(rng, voices, notes, score.seconds, singer.formant), rng)
    if rng.random() < 0.12:
        lead = saturate(lead[None], rng.uniform(2, 20))[0]
    return pan(lead[None], rng.normal(0, 0.08)), singer


def doubles(orchestra: Orchestra, rng: np.random.Generator, singer: Singer) -> np.ndarray:
    """Two more takes of the same words, left and right; [2, samples]."""
    out = np.zeros((2, int(singer.seconds * SAMPLE_RATE)), np.float32)
    for side in (-0.7, 0.7):
        out += pan(brighten(singer.take(rng), rng)[None], side) * np.float32(rng.uniform(0.25, 0.7))
    return out


def harmony(orchestra: Orchestra, rng: np.random.Generator, singer: Singer) -> np.ndarray:
    """The same singer or another one, an interval away; [2, samples]."""
    interval = int(rng.choice([3, 4, 5, 7, -5, 12, -12]))
    who = singer.voices if rng.random() < 0.6 else orchestra.speaker(rng) or singer.voices
    take = brighten(singer.take(rng, interval, who), rng)
    return pan(take[None], rng.uniform(-0.6, 0.6)) * np.float32(rng.uniform(0.2, 0.7))


def crowd(orchestra: Orchestra, rng: np.random.Generator, singer: Singer) -> np.ndarray:
    """Three to five others sing along, each in a comfortable octave; [2, samples]."""
    out = np.zeros((2, int(singer.seconds * SAMPLE_RATE)), np.float32)
    notes = singer.notes
    for _ in range(int(rng.integers(3, 6))):
        who = orchestra.speaker(rng) or singer.voices
        shift = 12 * round((float(np.median([voice.pitch for voice in who])) + 5 - notes[0].pitch) / 12) if notes else 0
        take = sing(rng, who, _loosely(rng, notes, shift), singer.seconds, float(2 ** rng.normal(0, 0.1)))
        out += pan(take[None], rng.uniform(-1, 1)) * np.float32(rng.uniform(0.2, 0.6))
    return out


def _sung(
    orchestra: Orchestra, rng: np.random.Generator, score: Score, lead: np.ndarray, backing: np.ndarray
) -> None:
    """Adds a real speaker who sings; with a second take, a harmony or a crowd of others at times."""
    sung = sung_lead(orchestra, rng, score)
    if not sung:
        return
    lead += sung[0]
    extra = rng.random()
    for chance, kind in ((0.15, doubles), (0.32, harmony), (0.38, crowd)):
        if extra < chance:
            backing += kind(orchestra, rng, sung[1])
            return


def _loosely(rng: np.random.Generator, notes: list[Note], interval: int) -> list[Note]:
    return [
        Note(max(0.0, note.start + rng.normal(0, 0.015)), note.duration, note.pitch + interval + rng.normal(0, 0.06), note.velocity)
        for note in notes
    ]


def _rap(
    orchestra: Orchestra, rng: np.random.Generator, score: Score, lead: np.ndarray, backing: np.ndarray
) -> None:
    """Adds speech that begins on beats, a little faster or slower, at times shouted or doubled."""
    out = np.zeros(int(score.seconds * SAMPLE_RATE), np.float32)
    voices = orchestra.speaker(rng)
    if not voices:
        return
    size = float(rng.uniform(0.85, 1.15))
    shout = rng.random() < 0.25
    time = score.beat * float(rng.integers(0, 4))
    while time < score.seconds:
        voice = voices[rng.integers(len(voices))]
        sound = resample(voice.samples, size, score.seconds)
        begin = int(time * SAMPLE_RATE)
        sound = sound[: len(out) - begin]
        out[begin : begin + len(sound)] += sound
        time += len(sound) / SAMPLE_RATE
        time = score.beat * float(np.ceil(time / score.beat) + rng.choice([0, 0, 1, 2]))
    line = brighten(out, rng)[None]
    if shout:
        line = saturate(line, rng.uniform(3, 15))
    lead += pan(line, rng.normal(0, 0.08))
    if rng.random() < 0.2:
        _double(rng, backing, line)


def _line(orchestra: Orchestra, phrases: list[Entry], rng: np.random.Generator, length: int) -> np.ndarray:
    """Phrases after one another with rests, all of one voice; [1, length]."""
    # Whole sung songs outweigh the many short shouts.
    weights = np.array([min(entry.seconds, 20) ** 1.5 + 0.02 for entry in phrases])
    chance = weights / weights.sum()
    size = float(rng.choice([0.62, 0.7, 0.8, 0.9, 1.0, 1.0, 1.1, 1.2, 1.35])) * 2 ** (rng.normal(0, 0.4) / 12)
    shape = 2 ** rng.normal(0, 0.12)
    out = np.zeros(length, np.float32)
    at = int(rng.uniform(0, 2) * SAMPLE_RATE) if rng.random() < 0.4 else 0
    while at < length:
        entry = phrases[rng.choice(len(phrases), p=chance)]
        source = orchestra.library.audio(entry)[0]
        most = int((length - at) * size) + 2
        if len(source) > most:
            begin = int(rng.integers(len(source) - most))
            source = source[begin : begin + most]
        sound = resample(source, size, length / SAMPLE_RATE)[: length - at]
        fade = min(800, len(sound) // 2)
        if fade:
            sound[:fade] *= np.linspace(0, 1, fade)
            sound[-fade:] *= np.linspace(1, 0, fade)
        out[at : at + len(sound)] += sound
        at += len(sound) + int(rng.uniform(0.05, 1.5) * SAMPLE_RATE)
    voice = out[None]
    return formants(voice, shape) if abs(shape - 1) > 0.04 else voice


def _double(rng: np.random.Generator, out: np.ndarray, voice: np.ndarray) -> None:
    """Adds two copies, slightly late and out of tune, left and right."""
    for side in (-0.7, 0.7):
        late = int(rng.uniform(0.008, 0.03) * SAMPLE_RATE)
        sway = 40 * np.sin(2 * np.pi * rng.uniform(0.1, 0.5) * np.arange(voice.shape[1]) / SAMPLE_RATE)
        at = np.arange(voice.shape[1]) - late + sway
        copy = np.interp(at, np.arange(voice.shape[1]), voice[0]).astype(np.float32)
        out += pan(copy[None], side) * np.float32(rng.uniform(0.3, 0.8))
