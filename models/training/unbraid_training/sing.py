"""Speech to singing: a speaker's syllables on the notes of a melody, by pitch-synchronous overlap-add.

TD-PSOLA (Moulines & Charpentier, 1990) with a melody's pitch contour: glides between notes, vibrato that sets in late, and
a slow drift, as singing has them (Saitou et al., WASPAA 2007). Consonants keep their length, vowels fill the notes.
All sounds are mono float32 [samples] at `SAMPLE_RATE`; pitches are MIDI note numbers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.signal import find_peaks, medfilt, sosfilt

from .constants import SAMPLE_RATE
from .effects import biquad
from .harmony import Note

# Frames of the pitch track and of contours, a second.
FRAMES_PER_SECOND = 100

_DECIMATE = 4
_LOWEST, _HIGHEST = 65.0, 480.0
_UNVOICED_STEP = int(0.006 * SAMPLE_RATE)


@dataclass(frozen=True)
class Syllable:
    """Samples: where it begins, where its vowel begins and ends, where it ends."""

    begin: int
    vowel: int
    coda: int
    end: int


@dataclass(frozen=True)
class Utterance:
    """Speech with its pitch marks. `marks` [n] are samples, `periods` [n] their local periods, 0 where unvoiced."""

    samples: np.ndarray
    marks: np.ndarray
    periods: np.ndarray
    syllables: tuple[Syllable, ...]
    pitch: float


def track_pitch(samples: np.ndarray) -> np.ndarray:
    """Hertz in frames of 10 ms, 0 where unvoiced, by the normalised square difference of 50 ms; octaves are drawn to the
    speaker's median."""
    length = len(samples) // _DECIMATE * _DECIMATE
    slow = samples[:length].reshape(-1, _DECIMATE).mean(1).astype(np.float64)
    rate = SAMPLE_RATE / _DECIMATE
    window, hop = int(0.05 * rate), int(rate / FRAMES_PER_SECOND)
    count = max(1, len(slow) // hop)
    padded = np.pad(slow, (window // 2, window + hop))
    frames = padded[hop * np.arange(count)[:, None] + np.arange(window)]
    frames = frames - frames.mean(1, keepdims=True)
    spectra = np.fft.rfft(frames, 2 * window)
    correlation = np.fft.irfft(np.abs(spectra) ** 2)[:, :window]
    energy = np.cumsum(frames**2, axis=1)
    lags = np.arange(window)
    # Squares of both parts that a lag compares.
    both = energy[:, window - 1 - lags] + energy[:, -1:] - np.concatenate([np.zeros((count, 1)), energy[:, :-1]], 1)
    similar = 2 * correlation / np.maximum(both, 1e-9)
    low, high = int(rate / _HIGHEST), int(rate / _LOWEST)
    loud = frames.std(1) > 0.06 * np.quantile(frames.std(1), 0.95)
    # Long lags fit as well as their halves: a small price keeps them from winning.
    score = similar[:, low : high + 1] - 0.1 * np.log2(np.arange(low, high + 1) / low)
    best = low + score.argmax(1)
    hertz = np.where((similar[np.arange(count), best] > 0.6) & loud, rate / best, 0.0)
    if not (hertz > 0).any():
        return hertz
    middle = np.median(hertz[hertz > 0])
    octaves = np.round(np.log2(np.maximum(hertz, 1) / middle))
    hertz = np.where(hertz > 0, hertz / 2.0**octaves, 0.0)
    return np.where(medfilt((hertz > 0).astype(float), 5) > 0, medfilt(hertz, 5), 0.0)


def analyse(samples: np.ndarray) -> Utterance | None:
    """The marks and syllables of speech; None where too little of it is voiced to sing with."""
    hertz = track_pitch(samples)
    voiced = hertz[hertz > 0]
    if len(voiced) < 0.25 * FRAMES_PER_SECOND:
        return None
    marks, periods = _marks(samples, hertz)
    syllables = _syllables(samples, hertz)
    if not syllables:
        return None
    pitch = 69 + 12 * float(np.log2(np.median(voiced) / 440))
    return Utterance(samples, marks, periods, syllables, pitch)


def _marks(samples: np.ndarray, hertz: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A mark a period at the waveform's peaks where voiced, every 6 ms elsewhere."""
    smooth = sosfilt(biquad("low-pass", 900), samples)
    if -smooth.min() > smooth.max():
        smooth = -smooth
    marks, periods = [], []
    at, was_voiced = 0, False
    while at < len(samples):
        pitch = hertz[min(len(hertz) - 1, at * FRAMES_PER_SECOND // SAMPLE_RATE)]
        period = int(SAMPLE_RATE / pitch) if pitch else 0
        if period:
            # The first mark of a vowel may lie anywhere in its period, the next ones near the last one's.
            reach = period // 4 if was_voiced else period // 2
            begin = max(0, at - reach)
            at = begin + int(np.argmax(smooth[begin : at + reach + 1]))
        if marks and at <= marks[-1]:
            at = marks[-1] + max(period, _UNVOICED_STEP) // 2
        marks.append(at)
        periods.append(period)
        was_voiced = period > 0
        at += period or _UNVOICED_STEP
    return np.array(marks), np.array(periods)


def _syllables(samples: np.ndarray, hertz: np.ndarray) -> tuple[Syllable, ...]:
    """Vowels are peaks of the voiced level, at least 110 ms apart; borders lie where it is lowest between them."""
    hop = SAMPLE_RATE // FRAMES_PER_SECOND
    count = min(len(hertz), len(samples) // hop)
    level = np.sqrt((samples[: count * hop].reshape(count, hop) ** 2).mean(1)) * (hertz[:count] > 0)
    level = np.convolve(level, np.hanning(9) / np.hanning(9).sum(), "same")
    if count < 12 or level.max() <= 0:
        return ()
    peaks, _ = find_peaks(np.pad(level, 1), height=0.15 * level.max(), distance=11, prominence=0.05 * level.max())
    peaks = peaks - 1
    found = []
    for i, peak in enumerate(peaks):
        before = peaks[i - 1] + int(np.argmin(level[peaks[i - 1] : peak])) if i else max(0, peak - 20)
        last = i + 1 == len(peaks)
        after = min(count - 1, peak + 25) if last else peak + int(np.argmin(level[peak : peaks[i + 1]]))
        vowel = peak - int(np.argmin((level[before : peak + 1] > 0.5 * level[peak])[::-1]))
        coda = peak + int(np.argmin(level[peak : after + 1] > 0.5 * level[peak]))
        vowel, coda = (vowel if vowel < peak else before), (coda if coda > peak else after)
        if coda - vowel >= 4:
            found.append(Syllable(before * hop, vowel * hop, coda * hop, after * hop))
    return tuple(found)


def contour(rng: np.random.Generator, notes: list[Note], seconds: float) -> np.ndarray:
    """Pitches in frames of 10 ms over the whole line: glides, vibrato, drift."""
    count = int(seconds * FRAMES_PER_SECOND) + 2
    time = np.arange(count) / FRAMES_PER_SECOND
    pitch = np.full(count, notes[0].pitch if notes else 60.0)
    glide = rng.uniform(0.03, 0.14)
    rate, depth = rng.uniform(4.8, 6.6), rng.choice([0.0, 0.15, 0.3, 0.5, 0.8])
    wobble = np.zeros(count)
    for before, note in zip([None, *notes], notes):
        step = 1 / (1 + np.exp(-np.clip((time - note.start) / (glide / 4), -40, 40)))
        origin = before.pitch if before else note.pitch - rng.choice([0, 0, 1, 2])
        pitch = pitch + (note.pitch - origin) * step if before else origin + (note.pitch - origin) * step
        inside = np.clip((time - note.start - 0.25) / 0.3, 0, 1) * (time < note.start + note.duration)
        wobble += inside * depth * np.sin(2 * np.pi * rate * rng.uniform(0.94, 1.06) * (time - note.start))
    slow = np.interp(np.arange(count), np.arange(0, count + 30, 30), rng.normal(0, 0.12, -(-(count + 30) // 30)))
    return pitch + wobble + slow + rng.normal(0, 0.02, count)


def sing(
    rng: np.random.Generator, voices: list[Utterance], notes: list[Note], seconds: float, formant: float = 1.0
) -> np.ndarray:
    """The notes, a syllable each, one utterance after the other; `formant` above 1 makes the body smaller."""
    out = np.zeros(int(seconds * SAMPLE_RATE), np.float32)
    if not voices or not notes:
        return out
    pitch = contour(rng, notes, seconds)
    order = rng.permutation(len(voices))
    syllables = [(voices[i], syllable) for i in order for syllable in voices[i].syllables]
    at = int(rng.integers(len(syllables)))
    for note in notes:
        voice, syllable = syllables[at % len(syllables)]
        at += 1
        _put(rng, out, voice, syllable, note, pitch, formant)
    return out


def _put(
    rng: np.random.Generator,
    out: np.ndarray,
    voice: Utterance,
    syllable: Syllable,
    note: Note,
    pitch: np.ndarray,
    formant: float,
) -> None:
    """One syllable on one note: its vowel begins with the note, what comes before it lies before."""
    start = int(note.start * SAMPLE_RATE)
    onset = min(syllable.vowel - syllable.begin, int(0.25 * SAMPLE_RATE))
    tail = min(syllable.end - syllable.coda, int(0.2 * SAMPLE_RATE), int(0.3 * note.duration * SAMPLE_RATE))
    stop = start + max(int(note.duration * SAMPLE_RATE), 2000)
    target = np.array([start - onset, start, max(start + 1, stop - tail), stop + 1])
    source = np.array([syllable.vowel - onset, syllable.vowel, syllable.coda, syllable.coda + tail])
    gain = np.float32(0.4 + 0.6 * note.velocity)
    held = (stop - start) > 1.5 * (syllable.coda - syllable.vowel)
    now = float(target[0])
    while now < min(stop, len(out)):
        place = np.interp(now, target, source)
        nearest = min(int(np.searchsorted(voice.marks, place)), len(voice.marks) - 1)
        if held and start < now < stop - tail:
            # The same period again and again would buzz.
            stray = nearest + int(rng.integers(-2, 3))
            if 0 <= stray < len(voice.marks) and voice.periods[stray]:
                nearest = stray
        period = int(voice.periods[nearest])
        grain = _grain(voice, nearest, formant)
        fade = min(1.0, (now - target[0]) / 400 + 0.05, (stop - now) / 1200 + 0.02)
        _add(out, grain * (gain * np.float32(fade)), int(now) - len(grain) // 2)
        if period:
            hertz = 440 * 2 ** ((pitch[min(len(pitch) - 1, max(0, int(now * FRAMES_PER_SECOND / SAMPLE_RATE)))] - 69) / 12)
            now += SAMPLE_RATE / hertz
        else:
            now += _UNVOICED_STEP


def _grain(voice: Utterance, mark: int, formant: float) -> np.ndarray:
    """Two periods around a mark under a Hann window, squeezed by `formant`."""
    radius = int(voice.periods[mark]) or _UNVOICED_STEP
    centre = voice.marks[mark]
    size = int(2 * radius / formant) | 1
    at = centre + (np.arange(size) - size // 2) * formant
    low = np.floor(at).astype(int)
    inside = (low >= 0) & (low + 1 < len(voice.samples))
    low = np.clip(low, 0, len(voice.samples) - 2)
    part = (at - low).astype(np.float32)
    grain = voice.samples[low] * (1 - part) + voice.samples[low + 1] * part
    return (grain * inside * np.hanning(size)).astype(np.float32)


def _add(out: np.ndarray, sound: np.ndarray, begin: int) -> None:
    first, last = max(0, begin), min(len(out), begin + len(sound))
    if first < last:
        out[first:last] += sound[first - begin : last - begin]


def brighten(samples: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Gives speech of 16 kHz a top: the band of 3.5–8 kHz, rectified, has its octave above 8 kHz. Without it a voice would
    be known by its missing treble."""
    high = sosfilt(np.concatenate([biquad("high-pass", 3500), biquad("high-pass", 3500)]), samples)
    octave = np.abs(high)
    for _ in range(3):
        octave = sosfilt(biquad("high-pass", 7600), octave)
    level = np.sqrt(np.mean(high**2)) + 1e-9
    octave = octave * (level / (np.sqrt(np.mean(octave**2)) + 1e-9)) * 10 ** (rng.uniform(-14, -4) / 20)
    return (samples + octave).astype(np.float32)
