"""The mixing desk: random but sane processing of each stem, levels from mixing practice, and a master limiter
under which stems still add up to the mix."""

from __future__ import annotations

import numpy as np

from .constants import STEMS
from .effects import biquad, compress, delay, equalise, limiter_gain, reverb, saturate
from .instruments import Orchestra

# Median level of the loud parts against the mix, dB, and how far mixes stray from it.
_LEVELS = {"vocals": (-17.0, 3.0), "drums": (-17.5, 3.0), "bass": (-18.5, 3.0), "other": (-18.0, 3.5)}


def _equaliser(rng: np.random.Generator, stem: str) -> list[np.ndarray]:
    sections = []
    if stem in ("vocals", "other") and rng.random() < 0.7:
        sections.append(biquad("high-pass", float(rng.uniform(40, 180))))
    if rng.random() < 0.5:
        sections.append(biquad("low-shelf", float(rng.uniform(80, 300)), float(rng.uniform(-5, 4))))
    if rng.random() < 0.6:
        hertz = float(np.exp(rng.uniform(np.log(200), np.log(6000))))
        sections.append(biquad("peak", hertz, float(rng.uniform(-6, 5)), float(rng.uniform(0.5, 2.5))))
    if rng.random() < 0.6:
        sections.append(biquad("high-shelf", float(rng.uniform(3000, 10000)), float(rng.uniform(-6, 7))))
    return sections


def process(orchestra: Orchestra, rng: np.random.Generator, stem: str, x: np.ndarray, beat: float) -> np.ndarray:
    """EQ, compression, saturation, delay and room of one stem, and its level; [2, samples]."""
    x = np.ascontiguousarray(np.broadcast_to(x, (2, x.shape[1])))
    x = equalise(x, _equaliser(rng, stem))
    loud = loudness(x)
    if loud < -90:
        return x
    x = x * np.float32(10 ** ((-20 - loud) / 20))
    if rng.random() < 0.7:
        x = compress(x, rng.uniform(-30, -14), rng.uniform(1.5, 8), rng.uniform(0.001, 0.03), rng.uniform(0.05, 0.4))
    if rng.random() < 0.25:
        x = saturate(x, rng.uniform(0.5, 4))
    if stem in ("vocals", "other") and rng.random() < 0.3:
        x = delay(x, beat * float(rng.choice([0.25, 0.5, 0.75, 1])), rng.uniform(0.1, 0.5), rng.uniform(0.05, 0.35))
    chance = {"vocals": 0.75, "drums": 0.5, "bass": 0.1, "other": 0.6}[stem]
    rooms = [entry for entry in orchestra.impulses if "cabinet" not in entry.file]
    if rooms and rng.random() < chance:
        impulse = orchestra.library.audio(rooms[rng.integers(len(rooms))])
        x = reverb(x, impulse, rng.uniform(0.03, 0.4), rng.uniform(0.3, 3.0))
    middle, spread = _LEVELS[stem]
    return x * np.float32(10 ** ((rng.normal(middle, spread) - loudness(x)) / 20))


def draw_voice_db(rng: np.random.Generator) -> float | None:
    """How much louder the voice is than all the rest, dB: above in a third of mixes, below in a third, else None, as it
    comes."""
    third = rng.random() * 3
    return float(rng.uniform(0, 6)) if third < 1 else float(rng.uniform(-6, 0)) if third < 2 else None


def place_voice(rng: np.random.Generator, stems: dict[str, np.ndarray]) -> None:
    """Brings the vocals of a mix to a drawn level against the sum of the other stems, in place."""
    wanted = draw_voice_db(rng)
    others = [x for stem, x in stems.items() if stem != "vocals"]
    if wanted is None or "vocals" not in stems or not others:
        return
    voice, rest = loudness(stems["vocals"]), loudness(sum(others))
    if voice > -80 and rest > -80:
        stems["vocals"] = stems["vocals"] * np.float32(10 ** ((rest + wanted - voice) / 20))


def loudness(x: np.ndarray) -> float:
    """RMS in dB of the 400 ms blocks within 10 dB of the loudest: gated, as ITU-R BS.1770 gates, unweighted."""
    block = 17640
    count = max(1, x.shape[1] // block)
    power = (x[:, : count * block].reshape(x.shape[0], count, -1) ** 2).mean(axis=(0, 2))
    loud = power[power > power.max() / 10]
    return float(10 * np.log10(loud.mean() + 1e-12)) if len(loud) else -120.0


def master(rng: np.random.Generator, stems: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Pushes the mix into a limiter by up to 6 dB and gives every stem the limiter's gain."""
    mix = sum(stems.values())
    push = 10 ** (rng.uniform(-3, 6) / 20)
    peak = float(np.quantile(np.abs(mix), 0.9995)) + 1e-9
    gain = push * 0.7 / peak
    curve = gain * limiter_gain(mix * gain, 0.97)
    # Stems that cancel in the mix may peak above it; files would clip them.
    most = max(float(np.abs(x * curve).max()) for x in stems.values())
    curve = curve * np.float32(0.98 / max(0.98, most))
    return {stem: stems[stem] * curve for stem in STEMS if stem in stems}
