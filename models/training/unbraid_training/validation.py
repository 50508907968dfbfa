"""Music to measure with that is like the world: real singers over karaoke, real voices over real instrumentals, released
songs, and rendered songs of unheard instruments. Sets are folders of shards, one below the other."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from .audio import write_wav
from .constants import ALL_BUT_VOCALS, ALONE, SAMPLE_RATE, STEMS, WITH_BASS
from .desk import loudness
from .effects import reverb
from .figures import figures
from .library import Library
from .opus import decode_opus
from .render import render
from .store import ShardWriter, Song, Store
from .stems import is_measured, read_song

# The sets, and where measuring them ends (hertz, 0: nowhere).
SETS = {"mir-1k": 8000.0, "mixed": 0.0, "songs": 0.0, "unheard": 0.0}

# Seconds of a mixed clip, and of a song of the training set; the others are taken whole.
_CLIP, _EXCERPT = 10.0, 90.0

_Figures = dict[str, dict[str, float]]


def prepare_validation(root: Path, library: Path, out: Path) -> None:
    """Writes every set below `out`, given a folder of audio (see README.md) and the archive that `prepare` made of it."""
    _mir_1k(root / "validation" / "mir-1k", out / "mir-1k")
    _mixed(root, Library(library), out / "mixed")
    _songs(root / "songs", out / "songs")
    render(library, out / "unheard", 24, 900, 12.0, 1, held_out=True)


def _stereo(samples: np.ndarray, frames: int | None = None) -> np.ndarray:
    """[1 or 2, n] to float32 [2, frames], cut or padded."""
    frames = samples.shape[1] if frames is None else frames
    samples = np.pad(samples[:, :frames], ((0, 0), (0, max(0, frames - samples.shape[1]))))
    return np.ascontiguousarray(np.broadcast_to(samples, (2, frames)))


def _mir_1k(root: Path, out: Path) -> None:
    """NAME.vocals.opus and NAME.accompaniment.opus, one channel each."""
    writer = ShardWriter(out, "mir-1k")
    for path in sorted(root.glob("*.vocals.opus")):
        name = path.name.removesuffix(".vocals.opus")
        voice = decode_opus(path.read_bytes())
        music = _stereo(decode_opus((root / f"{name}.accompaniment.opus").read_bytes()), voice.shape[1])
        voice = _stereo(voice)
        gain = np.float32(0.95 / max(0.95, float(np.abs(voice + music).max()), float(np.abs(voice).max())))
        writer.add(name, "vocals", voice * gain, ALL_BUT_VOCALS)
        writer.add(name, "other", music * gain, ALL_BUT_VOCALS)
    writer.close()


def _voices(root: Path, library: Library) -> list[tuple[str, np.ndarray]]:
    """Real voices that nothing is trained on: a line for each held-out speaker, and pieces of the vocadito songs; each
    [1, samples]."""
    lines: list[tuple[str, np.ndarray]] = []
    speakers: dict[str, list[np.ndarray]] = {}
    for entry in library.entries:
        if entry.held_out and entry.instrument.startswith("vctk/"):
            speakers.setdefault(entry.instrument.removeprefix("vctk/"), []).append(library.audio(entry))
    pause = np.zeros((1, int(0.4 * SAMPLE_RATE)), np.float32)
    for name, said in sorted(speakers.items()):
        parts = [part for sound in said for part in (sound, pause)]
        lines.append((name, np.concatenate((parts * 4), axis=1)[:, : int(_CLIP * SAMPLE_RATE)]))
    length = int(_CLIP * SAMPLE_RATE)
    for path in sorted((root / "vocals").rglob("*vocadito*.opus")):
        song = decode_opus(path.read_bytes()).mean(0, keepdims=True)
        for number in range(max(1, song.shape[1] // length)):
            lines.append((f"{path.stem.split('__')[-1]}-{number}", song[:, number * length : (number + 1) * length]))
    return lines


def _mixed(root: Path, library: Library, out: Path) -> None:
    """Voices over instrumentals of the held-out half, −6 … +6 dB, in a room. Singing comes three times, over different
    music, since there is less of it."""
    rng = np.random.default_rng(1)
    music = [path for path in sorted((root / "instrumental").glob("*.opus")) if is_measured(path.stem)]
    rooms = [entry for entry in library.entries if entry.stem == "ir" and "cabinet" not in entry.file]
    voices = _voices(root, library)
    sung = [voice for voice in voices if voice[0].startswith("vocadito")]
    decoded = {path: _stereo(decode_opus(path.read_bytes())) for path in music}
    writer = ShardWriter(out, "mixed")
    for number, (name, voice) in enumerate([*voices, *sung, *sung]):
        path = music[number % len(music)]
        song = decoded[path]
        frames = voice.shape[1]
        begin = int(rng.integers(song.shape[1] - frames))
        backing = song[:, begin : begin + frames]
        room = library.audio(rooms[rng.integers(len(rooms))])
        wet = reverb(voice, room, rng.uniform(0.03, 0.3), rng.uniform(0.3, 2.0))
        decibels = rng.uniform(-6, 6)
        wet = wet * np.float32(10 ** ((loudness(backing) + decibels - loudness(wet)) / 20))
        gain = np.float32(0.95 / max(0.95, float(np.abs(wet + backing).max()), float(np.abs(wet).max())))
        title = f"{number:02d}-{name}-over-{path.stem.split('_')[0]}"
        writer.add(title, "vocals", wet * gain, ALL_BUT_VOCALS)
        writer.add(title, "other", backing * gain, ALL_BUT_VOCALS)
    writer.close()


def _songs(root: Path, out: Path) -> None:
    """Released songs: Sodium whole, of the others the stretch with most voice."""
    for path in sorted(root.iterdir()):
        stems = read_song(path)
        if path.name != "Sodium":
            first = _busiest(stems["vocals"], int(_EXCERPT * SAMPLE_RATE))
            stems = {stem: x[:, first : first + int(_EXCERPT * SAMPLE_RATE)] for stem, x in stems.items()}
        peak = max(float(np.abs(sum(stems.values())).max()), *(float(np.abs(x).max()) for x in stems.values()))
        writer = ShardWriter(out, f"song-{path.name}")
        for stem, samples in stems.items():
            gain = np.float32(0.98 / max(0.98, peak))
            writer.add(path.name, stem, samples * gain, ALONE if "bass" in stems else WITH_BASS)
        writer.close()


def _busiest(voice: np.ndarray, frames: int) -> int:
    """Where the `frames` begin that hold most of a voice [2, samples], to a second."""
    energy = np.concatenate([[0.0], np.cumsum((voice**2).sum(0, dtype=np.float64))])
    starts = np.arange(0, max(1, voice.shape[1] - frames), SAMPLE_RATE)
    return int(starts[np.argmax(energy[np.minimum(starts + frames, voice.shape[1])] - energy[starts])])


def stems_of(song: Song) -> np.ndarray:
    """Every stem of a song, [s, 2, frames]."""
    return np.stack([song.read(stem, 0, song.frames) for stem in STEMS])


def rows_of(song: Song, stems: np.ndarray) -> dict[str, np.ndarray]:
    """What can be judged of a song's stems [s, 2, frames]: those known one by one, sums of those known together, and the
    accompaniment, all but the vocals."""
    rows = dict(zip(STEMS, stems))
    if song.joint == ALL_BUT_VOCALS:
        rows = {"vocals": stems[0]}
    elif song.joint == WITH_BASS:
        rows = {"vocals": stems[0], "drums": stems[1], "bass+other": stems[2] + stems[3]}
    rows["accompaniment"] = stems[1:].sum(0)
    return rows


def song_figures(song: Song, made: np.ndarray, hertz: float) -> _Figures:
    """{row: figures} of estimates [s, 2, frames]; rows that are silent in the song are left out."""
    true = stems_of(song)
    mix = true.sum(0)
    wanted, got = rows_of(song, true), rows_of(song, made)
    return {name: figures(x, got[name], mix, hertz) for name, x in wanted.items() if np.mean(x**2) > 1e-8}


# What a quick look takes of each set: every n-th song.
QUICK = {"mir-1k": 3, "unheard": 2}


def write_mixtures(root: Path, out: Path, every: dict[str, int] | None = None) -> int:
    """SET--SONG.wav for every song of every set (every n-th of those in `every`), for other programs to separate; returns
    how many."""
    out.mkdir(parents=True, exist_ok=True)
    count = 0
    for name in SETS:
        for song in Store([root / name]).songs[:: (every or {}).get(name, 1)]:
            write_wav(out / f"{name}--{song.name}.wav", stems_of(song).sum(0))
            count += 1
    return count
