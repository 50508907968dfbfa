"""Drum kits of `fetch-material` as hits that `prepare` reads: Hydrogen's kits, and those of soundfonts, played by FluidSynth."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
import tempfile
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .audio import decode, encode_opus
from .catalogue import piece_of
from .constants import SAMPLE_RATE
from .drumkit import DRUM_NOTES
from .material import MaterialError

# Seconds that a hit of a soundfont may ring, and how hard it is struck (MIDI velocity).
_RING = 3.0
_VELOCITIES = (70, 115)
# AVL's kits have chokes and a swishing hat where General MIDI has toms and cymbals.
_NOT_GENERAL = {"avldrums.lv2-soundfont": {48, 50, 52, 58}}
_DRUM_BANK = 128


@dataclass(frozen=True)
class Hit:
    """One hit: mono float32 [1, samples] at `SAMPLE_RATE`, of a `piece` of the `kit`."""

    kit: str
    piece: str
    name: str
    audio: np.ndarray


@dataclass(frozen=True)
class Preset:
    """A preset of a soundfont, as its `phdr` chunk has it (SoundFont 2.04, 7.2)."""

    name: str
    number: int
    bank: int


def prepare_kits(material: Path, out: Path) -> int:
    """Writes the hits of all kits below `material` (the folder of `fetch-material`) to `out`/drums/KIT/*.opus and
    `out`/samples.tsv, each sound once; returns their number. Raises MaterialError when there are no kits or no FluidSynth."""
    seen: set[bytes] = set()
    rows = ["file\tclass\tnote"]
    for hit in _hits(material):
        data = np.round(hit.audio * 2048).astype(np.int16).tobytes()
        file = f"drums/{hit.kit}/{hit.piece}_{hit.name}.opus"
        # A name must say the same of its piece to whoever reads it.
        if data in seen or piece_of(f"{hit.piece}_{hit.name}") != hit.piece or np.abs(hit.audio).max(initial=0) < 1e-3:
            continue
        seen.add(data)
        (out / file).parent.mkdir(parents=True, exist_ok=True)
        encode_opus(hit.audio, out / file, 96)
        rows.append(f"{file}\tdrums\t")
    if len(rows) == 1:
        raise MaterialError(f"{material}: no drum kits; `fetch-material` gets them")
    (out / "samples.tsv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return len(rows) - 1


def _hits(material: Path) -> Iterator[Hit]:
    for path in sorted((material / "drums").glob("*/*/drumkit.xml")):
        yield from hydrogen_kit(path)
    for path in sorted((material / "soundfont").rglob("*.sf2")):
        if not path.is_symlink():
            yield from soundfont_kits(path, path.relative_to(material / "soundfont").parts[0])


def hydrogen_kit(path: Path) -> Iterator[Hit]:
    """The samples of a Hydrogen kit by the names of its instruments; rolls and loops are left out."""
    kit = f"hydrogen.{_slug(path.parent.name)}"
    # Newer files have a namespace, older ones do not.
    root = ElementTree.fromstring(re.sub(rb'\sxmlns="[^"]*"', b"", path.read_bytes(), count=1))
    number = 0
    for instrument in root.iter("instrument"):
        name = _slug(instrument.findtext("name") or "").replace("bass_drum", "kick")
        for layer in [*instrument.iter("layer"), *instrument.findall("filename")]:
            file = (layer.text if layer.tag == "filename" else layer.findtext("filename")) or ""
            piece = hydrogen_piece(name)
            number += 1
            if piece and file and (path.parent / file).is_file():
                yield Hit(kit, piece, f"{name}-{number}", decode(path.parent / file, 1))


def hydrogen_piece(name: str) -> str | None:
    """The piece that an instrument's name (lower case, words joined by _) stands for; None for what is no single hit."""
    if "roll" in name or not name:
        return None
    if re.search(r"(^|_)(op|ohh)(_|$)", name):
        return "open-hat"
    return piece_of(name)


def soundfont_kits(path: Path, package: str) -> Iterator[Hit]:
    """Every drum note of every kit of a soundfont. A family of presets ("Room 1", "Room 2") is one kit: they share sounds."""
    font = read_presets(path)
    drums = [preset for preset in font if preset.bank == _DRUM_BANK] or font
    skipped = _NOT_GENERAL.get(package, set())
    notes = [(note, piece) for piece, all_notes in DRUM_NOTES.items() for note in all_notes if note not in skipped]
    for preset in drums:
        family = re.sub(r"[-_ ]*\d*$", "", preset.name)
        played = _play(path, preset, [note for note, _ in notes])
        for (note, piece), takes in zip(notes, played, strict=True):
            for velocity, audio in zip(_VELOCITIES, takes, strict=True):
                yield Hit(f"{package}.{_slug(family)}", piece, f"p{preset.number}-n{note}-v{velocity}", audio)


def read_presets(path: Path) -> list[Preset]:
    """The presets of a soundfont. Raises MaterialError where it has no list of them."""
    data = path.read_bytes()
    at = data.rfind(b"phdr")
    if data[:4] != b"RIFF" or at < 0:
        raise MaterialError(f"{path}: not a soundfont")
    size = struct.unpack_from("<I", data, at + 4)[0]
    # Each is 38 bytes; the last one only ends the list.
    records = range(at + 8, at + 8 + size - 38, 38)
    found = []
    for record in records:
        name, number, bank = struct.unpack_from("<20sHH", data, record)
        found.append(Preset(name.split(b"\0")[0].decode("latin1").strip(), number, bank))
    return sorted(found, key=lambda preset: (preset.bank, preset.number))


def _play(font: Path, preset: Preset, notes: list[int]) -> list[list[np.ndarray]]:
    """Each note at each velocity by itself, mono, cut where it has died away."""
    if shutil.which("fluidsynth") is None:
        raise MaterialError("fluidsynth is not installed")
    channel = 9 if preset.bank == _DRUM_BANK else 0
    step = int(_RING * 1000)
    events = [(0, bytes([0xC0 | channel, preset.number]))]
    for n, (note, velocity) in enumerate((note, velocity) for note in notes for velocity in _VELOCITIES):
        events += [(n * step, bytes([0x90 | channel, note, velocity])), (n * step + step - 50, bytes([0x80 | channel, note, 0]))]
    with tempfile.TemporaryDirectory() as work:
        score, wave = Path(work) / "hits.mid", Path(work) / "hits.wav"
        score.write_bytes(midi_file(events))
        command = ["fluidsynth", "-ni", "-q", "-R", "0", "-C", "0", "-g", "0.5", "-r", str(SAMPLE_RATE), "-F", str(wave)]
        done = subprocess.run([*command, str(font), str(score)], capture_output=True, check=False)
        if done.returncode != 0 or not wave.exists():
            raise MaterialError(f"{font}: {done.stderr.decode(errors='replace').strip()}")
        audio = decode(wave, 1)
    length = int(_RING * SAMPLE_RATE)
    total = len(notes) * len(_VELOCITIES)
    audio = np.pad(audio, ((0, 0), (0, max(0, total * length - audio.shape[1]))))
    hits = [_trimmed(audio[:, n * length : (n + 1) * length - SAMPLE_RATE // 20]) for n in range(total)]
    takes = len(_VELOCITIES)
    return [hits[n : n + takes] for n in range(0, total, takes)]


def _trimmed(audio: np.ndarray) -> np.ndarray:
    """Without what lies 70 dB or more below its peak at both ends."""
    level = np.abs(audio[0])
    loud = np.nonzero(level > level.max(initial=0) * 10 ** (-70 / 20))[0]
    return audio[:, loud[0] : loud[-1] + 1] if len(loud) else audio[:, :0]


def midi_file(events: list[tuple[int, bytes]]) -> bytes:
    """Events (milliseconds, message) in order as a Standard MIDI File of format 0 (RP-001), a tick a millisecond."""
    track, now = b"", 0
    for time, message in events:
        track += _variable(time - now) + message
        now = time
    track += _variable(1000) + b"\xff\x2f\x00"
    # 500 ticks a quarter note of half a second, the tempo where a file names none.
    return b"MThd" + struct.pack(">IHHH", 6, 0, 1, 500) + b"MTrk" + struct.pack(">I", len(track)) + track


def _variable(value: int) -> bytes:
    out = bytes([value & 0x7F])
    while value := value >> 7:
        out = bytes([value & 0x7F | 0x80]) + out
    return out


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9#.-]+", "_", name.lower()).strip("_")
