"""What a sample is, read from its row in samples.tsv: stem, instrument, piece of a drum kit, named pitch."""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from .pitch import parse_pitch

# The first pattern that matches names the piece; the rest is percussion.
_PIECES = (
    ("kick", r"kick|(^|_)bd(_|$|\d)|^ks_|kdrum|bass-drum|bassdrum"),
    ("open-hat", r"open|^ho_|(^|_)oh(_|$)|hihato"),
    ("closed-hat", r"hat|hihat|(^|_)hh?c?(_|$)|^hc_|^hh_|^hf_|^hl_|^ht_vl|(^|_)ch(_|$)"),
    ("snare", r"snare|(^|_)sd(_|$|\d)|^s[sce]_|(^|_)sn(_|$)|rim|(^|_)rs(_|$)"),
    ("tom", r"tom|^t[hml]_|(^|_)[lmh]t(_|$)"),
    ("crash", r"crash|china|splash|(^|_)cr(_|$)|cym|(^|_)cy(_|$)"),
    ("ride", r"ride|(^|_)rd(_|$)"),
    ("clap", r"clap|(^|_)cp(_|$)|snap"),
)

# Whole phrases, loops and effects of the drum folders: not single hits of a kit.
_NO_HIT = re.compile(r"loop|groove|rainstick|wind_chime|noise|vinyl|ambi|digeridoo")


@dataclass(frozen=True)
class Sample:
    """One file of a library. `pitch` is what its name says, or None; `seconds` may be 0 when unknown."""

    file: str
    stem: str
    instrument: str
    piece: str | None
    pitch: int | None


def piece_of(name: str) -> str | None:
    """The drum piece of a file's base name; None for loops and effects."""
    name = name.lower()
    if _NO_HIT.search(name):
        return None
    for piece, pattern in _PIECES:
        if re.search(pattern, name):
            return piece
    return "percussion"


def _instrument(file: str) -> str:
    """Library and articulation. Collections of unlike files count every file as a separate instrument."""
    folder, name = file.split("/")[1:3]
    prefix, _, rest = name.rpartition("__")
    if folder == "vctk":
        # A speaker: held out or not with all that he or she says.
        return f"vctk/{name.split('_')[0]}"
    if folder in ("audio", "sonic-pi", "sms-tools", "data"):
        return f"{folder}/{re.sub(r'_?[A-Ga-g]?[b#]?[0-9]*$', '', rest.removesuffix('.opus'))}"
    if folder == "MTG.SoloSax":
        prefix = rest[:3]
    return f"{folder}/{prefix.split('__')[0]}"


def _kit(file: str) -> str:
    folder, name = file.split("/")[1:3]
    return f"{folder}/{name.split('__')[0]}" if folder == "web-audio-samples" else folder


def _pitch(file: str, note: str) -> int | None:
    tagged = re.search(r"pitch=(\S+)", note)
    if tagged:
        return parse_pitch(tagged.group(1))
    numbers = [int(text) for text in re.findall(r"(?<![0-9])(\d{2,3})(?![0-9])", Path(file).stem)]
    if "MIDI" in note and numbers and 20 < numbers[-1] < 110:
        return numbers[-1]
    return None


def read_catalogue(root: Path) -> list[Sample]:
    """The samples of a library with a samples.tsv, without its songs. Raises FileNotFoundError."""
    samples = []
    with open(root / "samples.tsv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            path, stem = row["file"], row["class"]
            if path.startswith("songs/"):
                continue
            stem = "vocals" if stem == "speech" else stem
            if stem == "drums":
                base = path.split("/")[-1].removesuffix(".opus")
                base = base.split("__")[-1] if not re.match(r"(kick|snare|cymbal|tom|mid|hihat)", base) else base
                samples.append(Sample(path, stem, _kit(path), piece_of(base), None))
            else:
                samples.append(Sample(path, stem, _instrument(path), None, _pitch(path, row["note"])))
    return samples
