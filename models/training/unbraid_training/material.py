"""Free material from Debian packages: fetched and unpacked without being installed, with its licences and credits.

Only licences that the weights' own, GPL-3.0-or-later, can take up are listed: CC0, CC-BY, MIT, GPL with "or later", and
CC-BY-SA, whose version 4.0 names the GPL 3 as compatible. Kits of `hydrogen-drumkits` under the GPL 2 alone are left out.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Package:
    """`parts` are the folders or files below the package's root that are taken; `kind` says what they are for."""

    name: str
    kind: str
    parts: tuple[str, ...]
    licence: str
    credit: str


_KITS = "usr/share/hydrogen/data/drumkits"

PACKAGES = (
    Package("wesnoth-1.16-music", "music", ("usr/share/games/wesnoth/1.16/data/core/music",), "GPL-2.0-or-later",
            "The music of The Battle for Wesnoth, by the Battle for Wesnoth developers and composers"),
    Package("planetblupi-music-ogg", "music", ("usr/share/planetblupi/music",), "GPL-3.0-or-later",
            "The music of Planet Blupi, (c) 1997 Daniel Roux, EPSITEC SA and Denis Dumoulin, 2017-2018 Mathieu Schroeter"),
    Package("singularity-music", "music", ("usr/share/games/singularity/music",), "CC-BY-SA-3.0",
            "The music of Endgame: Singularity, (c) 2007-2012 Max McCracken"),
    Package("fluid-soundfont-gm", "soundfont", ("usr/share/sounds/sf2",), "MIT",
            "Fluid (R3) General MIDI SoundFont, (c) 2000-2002, 2008 Frank Wen, 2008 Toby Smithe"),
    Package("musescore-general-soundfont", "soundfont", ("usr/share/sounds/sf3",), "MIT",
            "MuseScore General, derived from Fluid (R3), (c) 2000-2013 Frank Wen, 2014-2018 S. Christian Collins"),
    Package("avldrums.lv2-soundfont", "soundfont", ("usr/lib", "usr/share"), "CC-BY-SA-3.0",
            "AVL Drumkits, (c) 2015 Glen MacArthur"),
    Package("hydrogen-drumkits", "drums",
            tuple(f"{_KITS}/{kit}" for kit in ("ElectricEmpireKit", "HardElectro1", "VariBreaks", "ColomboAcousticDrumkit")),
            "GPL-2.0-or-later",
            "Electric Empire Kit, Hard Electro 1, VariBreaks, (c) Artemiy Pavlov; Colombo Acoustic Drumkit, (c) 2006 Marcos "
            "Guglielmetti"),
    Package("hydrogen-drumkits", "drums", (f"{_KITS}/rumpf_kit_z01_h2",), "CC-BY-3.0", "Rumpf kit, (c) Emanuel Rumpf"),
    Package("hydrogen-drumkits", "drums", (f"{_KITS}/Audiophob",), "CC0-1.0", "Audiophob kit, audiophobdubstep"),
)


class MaterialError(Exception):
    """A package could not be fetched or lacks what the table says it has."""


def fetch_material(out: Path, names: list[str]) -> list[Path]:
    """Puts the chosen packages' parts below `out`/KIND/PACKAGE, each with its copyright file, and the credits of all of
    them into `out`/CREDITS.txt; what is there already stays. Raises MaterialError."""
    unknown = set(names) - {package.name for package in PACKAGES}
    if unknown:
        raise MaterialError(f"no such package: {', '.join(sorted(unknown))}")
    chosen = [package for package in PACKAGES if not names or package.name in names]
    folders = []
    for name in dict.fromkeys(package.name for package in chosen):
        parts = [package for package in chosen if package.name == name]
        folder = out / parts[0].kind / name
        if not folder.exists():
            with tempfile.TemporaryDirectory() as work:
                take_parts(_unpack(name, Path(work)), parts, folder)
        folders.append(folder)
    lines = [f"{package.licence:20} {package.name}: {package.credit}" for package in chosen]
    (out / "CREDITS.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return folders


def _unpack(name: str, work: Path) -> Path:
    """The root of an unpacked package."""
    for command in (["apt-get", "download", name], ["sh", "-c", 'dpkg-deb -x *.deb root']):
        done = subprocess.run(command, cwd=work, capture_output=True, check=False)
        if done.returncode != 0:
            raise MaterialError(f"{name}: {done.stderr.decode(errors='replace').strip()}")
    return work / "root"


def take_parts(root: Path, parts: list[Package], folder: Path) -> None:
    """Copies the parts of an unpacked package, whole or not at all. Raises MaterialError for one it lacks."""
    partial = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(partial, ignore_errors=True)
    for package in parts:
        for part in package.parts:
            if not (root / part).exists():
                raise MaterialError(f"{package.name}: {part} is missing")
            shutil.copytree(root / part, partial / Path(part).name, dirs_exist_ok=True)
    notice = root / "usr/share/doc" / parts[0].name / "copyright"
    if notice.exists():
        shutil.copy(notice, partial / "copyright")
    partial.rename(folder)
