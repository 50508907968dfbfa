"""Mixtures without end from a store: coherent songs and random remixes, with the field's augmentations.

The random numbers come from NumPy on the CPU, so a run can be resumed exactly; the sound is handled by PyTorch on
the trainer's device, where a GPU keeps the whole store in its memory.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from .constants import ALL_BUT_VOCALS, ALONE, OTHER, SAMPLE_RATE, SEGMENT, STEMS, VOCALS
from .desk import draw_voice_db
from .store import Song, Store


@dataclass
class RemixSettings:
    """Chances and ranges of the augmentations."""

    coherent: float = 0.5
    """Chance that all stems come from one moment of one song."""
    absent: float = 0.1
    """Chance that a stem is left out."""
    gain_db: tuple[float, float] = (-9.0, 5.0)
    swap: float = 0.5
    resample: float = 0.25
    """Chance of a change of pitch and tempo, and its largest ratio."""
    ratio: float = 1.12
    song_share: float = 0.5
    """Chance that a source is a true song where the store has both songs and rendered excerpts."""
    vocals_share: float = 0.0
    """Chance that an example is judged by its vocals and its accompaniment alone: more of it makes a specialist."""
    instrumentals: float = 0.12
    """Chance of an example whose accompaniment is known as a whole only, if the store has such music."""
    mono: float = 0.15
    """Chance that all stems lie in the middle, as in old records and karaoke."""
    dull: float = 0.2
    """Chance that nothing lies above 4–16 kHz: old, lossy or resampled recordings."""
    place_voice: bool = True
    """Whether vocals are brought to a drawn level against the rest (see desk.py)."""
    samples: int = SEGMENT


@dataclass
class Remixer:
    """Draws training examples. Its whole state is `rng`, so a checkpoint can restore it."""

    store: Store
    seed: int
    settings: RemixSettings = field(default_factory=RemixSettings)
    device: torch.device = field(default_factory=lambda: torch.device("cpu"))

    def __post_init__(self) -> None:
        self.rng = np.random.default_rng(self.seed)
        self._resident: dict[tuple[str, str], Tensor] = {}

    def batch(self, size: int) -> tuple[Tensor, Tensor]:
        """Stems [b, s, 2, samples] and the joint flags [b]."""
        examples = [self.example() for _ in range(size)]
        return torch.stack([stems for stems, _ in examples]), torch.tensor([joint for _, joint in examples])

    def example(self) -> tuple[Tensor, int]:
        """Stems [s, 2, samples] float32, and which of them can only be judged together (see constants.py)."""
        whole = [song for song in self.store.songs if song.joint == ALL_BUT_VOCALS]
        if whole and self.rng.random() < self.settings.instrumentals:
            stems, joint = self._over(whole[self.rng.integers(len(whole))]), ALL_BUT_VOCALS
        else:
            stems, joint = self._of_stems()
        if self.settings.vocals_share and self.rng.random() < self.settings.vocals_share:
            joint = ALL_BUT_VOCALS
        stems = self._place_voice(stems) if self.settings.place_voice else stems
        return self._degrade(stems), joint

    def _degrade(self, stems: Tensor) -> Tensor:
        """All stems of an example as a poorer recording has them; they still add up to its mixture."""
        rng = self.rng
        if rng.random() < self.settings.mono:
            stems = stems.mean(1, keepdim=True).expand(-1, 2, -1)
        if rng.random() < self.settings.dull:
            spectrum = torch.fft.rfft(stems)
            edge = float(np.exp(rng.uniform(np.log(4000), np.log(16000))))
            spectrum[..., int(edge * stems.shape[-1] / SAMPLE_RATE) :] = 0
            stems = torch.fft.irfft(spectrum, stems.shape[-1])
        return stems

    def _over(self, song: Song) -> Tensor:
        """A voice over music that has none."""
        stems = torch.zeros(len(STEMS), 2, self.settings.samples, device=self.device)
        stems[OTHER] = self._augment(even(self.read(song, "other", *self._where(song))))
        if self.rng.random() >= self.settings.absent:
            singer = self._song("vocals")
            if "vocals" in singer.stems:
                stems[VOCALS] = self._augment(even(self.read(singer, "vocals", *self._where(singer))))
        return stems

    def _place_voice(self, stems: Tensor) -> Tensor:
        """The vocals at a drawn level against the rest, as loud or louder than it more often than gains alone would."""
        wanted = draw_voice_db(self.rng)
        rest = stems.sum(0) - stems[VOCALS]
        voice, music = loud_level(stems[VOCALS]), loud_level(rest)
        if wanted is not None and voice > 1e-4 and music > 1e-4:
            gain = torch.clamp(10 ** (wanted / 20) * music / voice, max=10.0)
            stems[VOCALS] = stems[VOCALS] * gain
        return stems

    def _of_stems(self) -> tuple[Tensor, int]:
        """One moment of one song, or stems of different ones."""
        rng, settings = self.rng, self.settings
        coherent = rng.random() < settings.coherent
        stems = torch.zeros(len(STEMS), 2, settings.samples, device=self.device)
        joint = ALONE
        song = self._song(None)
        start, ratio = self._where(song)
        for i, stem in enumerate(STEMS):
            if not coherent:
                song = self._song(stem)
                start, ratio = self._where(song)
            if rng.random() < settings.absent or stem not in song.stems:
                continue
            samples = self.read(song, stem, start, ratio)
            # Whatever bass there is would be judged against the bass hidden in this stem.
            joint = max(joint, song.joint if i == OTHER else ALONE)
            stems[i] = self._augment(samples if coherent else even(samples))
        return stems, joint

    def read(self, song: Song, stem: str, start: int, ratio: float) -> Tensor:
        """[2, samples] float32 from a frame on, played `ratio` times as fast."""
        samples = self.settings.samples
        if ratio == 1.0:
            return self._piece(song, stem, start, samples)
        source = self._piece(song, stem, start, int(samples * ratio) + 2)
        at = torch.arange(samples, device=self.device, dtype=torch.float64) * ratio
        low = at.long()
        part = (at - low).float()
        return source[:, low] * (1 - part) + source[:, low + 1] * part

    def _piece(self, song: Song, stem: str, start: int, frames: int) -> Tensor:
        if self.device.type == "cpu":
            return torch.from_numpy(song.read(stem, start, frames))
        key = (song.name, stem)
        if key not in self._resident:
            self._resident[key] = torch.from_numpy(np.array(song.stems[stem])).to(self.device)
        piece = self._resident[key][start : start + frames].float().T / 32768
        return torch.nn.functional.pad(piece, (0, frames - piece.shape[1]))

    def _song(self, stem: str | None) -> Song:
        known = [song for song in self.store.songs if song.joint != ALL_BUT_VOCALS] or self.store.songs
        fits = [song for song in known if stem is None or stem in song.stems] or known
        true = [song for song in fits if not song.name.startswith("render")]
        made = [song for song in fits if song.name.startswith("render")]
        pool = true if true and (not made or self.rng.random() < self.settings.song_share) else made
        return pool[self.rng.integers(len(pool))]

    def _where(self, song: Song) -> tuple[int, float]:
        """A start in frames and a resampling ratio; the same for all stems of a coherent example."""
        ratio = 1.0
        if self.rng.random() < self.settings.resample:
            ratio = float(self.settings.ratio ** self.rng.uniform(-1, 1))
        room = song.frames - int(self.settings.samples * ratio) - 2
        return int(self.rng.integers(max(1, room))), ratio

    def _augment(self, samples: Tensor) -> Tensor:
        settings = self.settings
        gain = 10 ** (self.rng.uniform(*settings.gain_db) / 20)
        if self.rng.random() < 0.5:
            gain = -gain
        if self.rng.random() < settings.swap:
            samples = samples.flip(0)
        return samples * gain


def even(samples: Tensor) -> Tensor:
    """Stems of different songs at one loudness, that of their loud quarters of a second, so that gains alone
    decide the balance; near-silence is not pulled up by more than 20 dB. [2, samples] to the same."""
    return samples * torch.clamp(0.1 / (loud_level(samples) + 1e-9), max=10.0)


def loud_level(samples: Tensor) -> Tensor:
    """RMS of the quarters of a second within 10 dB of the loudest, of [2, samples]; a scalar."""
    block = min(11025, samples.shape[1])
    count = samples.shape[1] // block
    power = (samples[:, : count * block].reshape(2, count, -1) ** 2).mean(dim=(0, 2))
    loud = power * (power >= 0.1 * power.max())
    return torch.sqrt(loud.sum() / (loud > 0).sum().clamp_min(1))
