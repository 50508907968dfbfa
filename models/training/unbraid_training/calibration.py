"""Sharpness, biases and weights of a blend, chosen on songs: the networks are run once, the rest is sums over rows.

A mask m of a row with the mixture x and a stem y errs by Σ|m x − y|² = m² Σ|x|² − 2 m Σ Re(x̄ y) + Σ|y|² over its bins, of
which (1 − m)² Σ|y|² is lost and m² Σ|x − y|² bled in, so every setting is judged without a transform.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from . import checkpoint
from .constants import ALL_BUT_VOCALS, BINS, FRAMES, HOP, N_FFT, OTHER, SAMPLE_RATE, SEGMENT, STEMS, VOCALS, WITH_BASS
from .networks import build
from .networks.features import level_of, powers, root
from .networks.unet import RowUNet
from .spectral import stft, to_graph
from .store import Song, Store
from .validation import SETS, stems_of

# Every third frame says enough of a song.
_EVERY = 3


@dataclass(frozen=True)
class Setting:
    """`sharpness` and `biases` [stems] of each network's logits, and each network's share of the blend. `vocals` are the shares
    of the vocals where a specialist has a part in them; `other` is then what the stems leave, as the app folds it."""

    sharpness: tuple[float, ...]
    biases: tuple[tuple[float, ...], ...]
    shares: tuple[float, ...]
    vocals: tuple[float, ...] | None = None


@dataclass
class Rows:
    """One song as sums over rows, [s, ch, rows, t] and [1, ch, rows, t], and the logits of each network."""

    name: str
    group: str
    joint: int
    own: Tensor
    cross: Tensor
    mix: Tensor
    logits: list[Tensor]


def load_rows_network(path: Path) -> RowUNet:
    """The averaged network of a checkpoint. Raises ValueError for one whose masks are not those of rows."""
    state = checkpoint.load(path)
    network = build(state["settings"]["network"])
    if not isinstance(network, RowUNet):
        raise ValueError(f"{path}: only networks with one softmax mask a row can be calibrated")
    network.load_state_dict(state["ema"])
    return network.eval()


def _segments(frames: int) -> list[tuple[int, int, int]]:
    """Segments of a song of so many frames: where each begins, and which frames of the song are taken from it. They begin
    every three quarters of their length, as in the app, and each frame comes from where it is nearest to the middle."""
    step = FRAMES * 3 // 4
    edge = (FRAMES - step) // 2
    begins = list(range(0, max(1, frames - (FRAMES - step)), step))
    firsts = [begin + (edge if begin else 0) for begin in begins]
    return list(zip(begins, firsts, [*firsts[1:], frames]))


@torch.no_grad()
def measure(song: Song, group: str, networks: list[RowUNet]) -> Rows:
    """Runs the networks over a song. What lies above the set's limit is left out of the sums."""
    stems = stems_of(song)
    frames = 1 + stems.shape[2] // HOP
    limit = int(SETS[group] * N_FFT / SAMPLE_RATE) or BINS
    pool = networks[0].pool
    width = torch.cat([torch.full((count,), float(width)) for width, count in pool.groups]).reshape(-1, 1)

    def total(products: Tensor) -> Tensor:
        both = products.unflatten(1, (2, 2)).sum(2)
        both[:, :, limit:] = 0
        return pool(both) * width

    parts: list[list[Tensor]] = []
    for begin, first, last in _segments(frames):
        piece = stems[:, :, begin * HOP : begin * HOP + SEGMENT]
        piece = np.pad(piece, ((0, 0), (0, 0), (0, SEGMENT - piece.shape[2])))
        target = to_graph(stft(torch.from_numpy(np.ascontiguousarray(piece))))
        mix = target.sum(0, keepdim=True)
        keep = slice(first - begin + -first % _EVERY, last - begin, _EVERY)
        heard = target[..., keep], mix[..., keep]
        sums = [total(heard[0] ** 2), total(heard[0] * heard[1]), total(heard[1] ** 2)]
        power = pool(powers(mix))
        features = root(power / level_of(power))
        for network in networks:
            logits = network.unembed(network.body(network.embed(features) + network.position))[0]
            sums.append(logits.unflatten(0, (len(STEMS), 2))[..., keep].clone())
        parts.append(sums)
    own, cross, mix, *logits = (torch.cat(column, dim=-1) for column in zip(*parts))
    return Rows(song.name, group, song.joint, own, cross, mix, logits)


def masks_of(rows: Rows, setting: Setting) -> Tensor:
    """The blend's masks, [s, ch, rows, t]."""
    blend, vocals = torch.zeros(()), torch.zeros(())
    own = setting.vocals or setting.shares
    for logits, sharpness, biases, share, voice in zip(
        rows.logits, setting.sharpness, setting.biases, setting.shares, own
    ):
        if share or voice:
            masks = torch.softmax(sharpness * logits + torch.tensor(biases).reshape(-1, 1, 1, 1), dim=0)
            blend, vocals = blend + share * masks, vocals + voice * masks[VOCALS]
    blend = blend / sum(setting.shares)
    if setting.vocals:
        blend[VOCALS] = vocals / sum(own)
        blend[OTHER] = 1 - blend[:OTHER].sum(0)
    return blend


def judge(rows: Rows, masks: Tensor) -> dict[str, dict[str, float]]:
    """{row: uSDR, lost, bleed} in dB, as `validation.song_figures` has them, up to the consistency of the transform."""
    groups = {"vocals": [0], "drums": [1], "bass": [2], "other": [3], "accompaniment": [1, 2, 3]}
    if rows.joint == ALL_BUT_VOCALS:
        groups = {"vocals": [0], "accompaniment": [1, 2, 3]}
    elif rows.joint == WITH_BASS:
        groups = {"vocals": [0], "drums": [1], "bass+other": [2, 3], "accompaniment": [1, 2, 3]}
    found = {}
    # Sums of different stems' spectra: |Σ y|² is the mixture's less what the left-out stem has (only vocals are left out).
    for name, stems in groups.items():
        mask = masks[stems].sum(0)
        cross = rows.cross[stems].sum(0)
        own = rows.own[stems[0]]
        if name == "accompaniment":
            own = rows.mix[0] - 2 * rows.cross[0] + rows.own[0]
        elif name == "bass+other":
            own = rows.own[2] + rows.own[3]
        energy = float(own.sum())
        if energy < 1e-3:
            continue
        rest = rows.mix[0] - 2 * cross + own
        error = mask * mask * rows.mix[0] - 2 * mask * cross + own
        parts = {"uSDR": error, "lost": (1 - mask) ** 2 * own, "bleed": mask * mask * rest.clamp_min(0)}
        levels = {key: 10 * np.log10(max(float(part.sum()), 1e-9) / energy) for key, part in parts.items()}
        found[name] = {**levels, "uSDR": -levels["uSDR"]}
    return found


def value(scores: list[tuple[str, dict[str, dict[str, float]]]]) -> float:
    """One number for a setting: the mean over sets of the mean uSDR of vocals and accompaniment, of the songs' other stems
    too. Scores below −3 dB count as −3: a silent stem's dB say little. `scores` holds (set, rows)."""
    sums: dict[str, list[float]] = {}
    for group, found in scores:
        for name, row in found.items():
            part = "voice" if name in ("vocals", "accompaniment") else "band"
            sums.setdefault(f"{group}/{part}", []).append(max(row["uSDR"], -3.0))
    return float(np.mean([np.mean(parts) for parts in sums.values()]))


def store_rows(root: Path, checkpoints: list[Path], groups: tuple[str, ...]) -> list[Rows]:
    """Every song of the chosen sets below `root`, measured with the networks of `checkpoints`."""
    networks = [load_rows_network(path) for path in checkpoints]
    return [measure(song, group, networks) for group in groups for song in Store([root / group]).songs]



Scores = list[dict[str, dict[str, float]]]


@dataclass
class Trial:
    """A setting and what it scored on every song."""

    setting: Setting
    scores: Scores


@torch.no_grad()
def try_setting(rows: list[Rows], setting: Setting) -> Trial:
    return Trial(setting, [judge(song, masks_of(song, setting)) for song in rows])


def total(rows: list[Rows], trial: Trial, without: int = -1) -> float:
    """`value` of a trial, without one song if wanted."""
    return value([(song.group, found) for i, (song, found) in enumerate(zip(rows, trial.scores)) if i != without])


# What a coordinate may be moved to from where it is.
_SHARPNESS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.85, 1.0)
_BIAS_STEPS = (-0.5, -0.25, 0.25, 0.5, 1.0)
_SHARE_STEPS = (0.1, 0.2)


def _shared(shares: tuple[float, ...], count: int) -> list[tuple[float, ...]]:
    """Shares where one of the first `count` networks has given something to another one."""
    pairs = [(i, j) for i in range(count) for j in range(count) if i != j]
    moved = [{i: -step, j: step} for i, j in pairs for step in _SHARE_STEPS]
    given = [tuple(round(share + move.get(i, 0), 2) for i, share in enumerate(shares)) for move in moved]
    return [each for each in given if min(each) >= 0]


def _neighbours(setting: Setting, part: str) -> list[Setting]:
    """Settings that differ in one coordinate of a part. Biases move for all networks together."""
    count = len(setting.shares)
    if part == "sharpness":
        return [
            replace(setting, sharpness=(*setting.sharpness[:i], x, *setting.sharpness[i + 1 :]))
            for i in range(count)
            for x in _SHARPNESS
            if x != setting.sharpness[i]
        ]
    if part == "shares":
        # A specialist has no part in the band.
        return [replace(setting, shares=shares) for shares in _shared(setting.shares, count - bool(setting.vocals))]
    if part == "vocal shares":
        return [replace(setting, vocals=shares) for shares in _shared(setting.vocals or (), count)]
    if part == "specialist":
        moved = [(round(setting.biases[-1][VOCALS] + step, 2), *setting.biases[-1][1:]) for step in _BIAS_STEPS]
        return [replace(setting, biases=(*setting.biases[:-1], bias)) for bias in moved]
    stem = STEMS.index(part)
    return [
        replace(
            setting,
            biases=tuple((*bias[:stem], round(bias[stem] + step, 2), *bias[stem + 1 :]) for bias in setting.biases),
        )
        for step in _BIAS_STEPS
    ]


def tune(rows: list[Rows], specialist: bool = False, rounds: int = 2) -> list[Trial]:
    """Coordinate descent from masks as they were trained; every trial, the best one last. `other` has no bias: only
    differences count. The last network may be a specialist for vocals."""
    count = len(rows[0].logits)
    band = count - specialist
    shares = (*(round(1 / band, 2) for _ in range(band)), *(0.0,) * specialist)
    vocals = (0.0,) * (count - 2) + (0.5, 0.5) if specialist else None
    start = Setting((0.5,) * count, ((0.0,) * len(STEMS),) * count, shares, vocals)
    trials = [try_setting(rows, replace(start, sharpness=(1.0,) * count)), try_setting(rows, start)]
    best = trials[-1]
    parts = ["vocals", "sharpness", "drums", "bass", "shares", *(("vocal shares", "specialist") if specialist else ())]
    for _ in range(rounds):
        for part in parts:
            for setting in _neighbours(best.setting, part):
                trials.append(try_setting(rows, setting))
            best = max(trials, key=lambda trial: total(rows, trial))
    return [*trials, best]


def leave_one_out(rows: list[Rows], trials: list[Trial]) -> tuple[Scores, set[Setting]]:
    """The scores of every song under the setting that is best for all the others, and the settings so chosen."""
    scores, chosen = [], set()
    for i in range(len(rows)):
        best = max(trials, key=lambda trial: total(rows, trial, i))
        scores.append(best.scores[i])
        chosen.add(best.setting)
    return scores, chosen


def report(rows: list[Rows], trials: list[Trial]) -> str:
    """The best setting, its tables, and those of leaving one song out."""
    best = trials[-1]
    left, chosen = leave_one_out(rows, trials)
    lines = [f"{len(trials)} settings on {len(rows)} songs", f"best: {best.setting}", ""]
    for title, scores in (("as trained", trials[0].scores), ("best", best.scores), ("leaving one out", left)):
        lines += [f"{title}: {value([(song.group, found) for song, found in zip(rows, scores)]):.3f}"]
        lines += _rows_table(rows, scores)
    return "\n".join([*lines, f"{len(chosen)} settings chosen by leaving one out"])


def _rows_table(rows: list[Rows], scores: Scores) -> list[str]:
    lines = []
    for group in dict.fromkeys(song.group for song in rows):
        for name in (*STEMS, "bass+other", "accompaniment"):
            found = [entry[name] for song, entry in zip(rows, scores) if song.group == group and name in entry]
            if found:
                means = [float(np.mean([entry[key] for entry in found])) for key in ("uSDR", "lost", "bleed")]
                lines.append(f"  {group:9} {name:14}" + "".join(f"{mean:8.2f}" for mean in means))
    return lines
