"""The commands of the studies."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

_MODELS = Path(__file__).resolve().parents[3]


def register(commands: argparse._SubParsersAction) -> None:
    _train(commands.add_parser("study", help="train one of the field's early networks"))
    _nmf(commands.add_parser("study-nmf", help="learn spectra from examples of each source, as a model for the app"))
    _played(commands.add_parser("study-duet", help="a duet with its true stems, on a piano never trained on"), "piano.wav and violin.wav", "duet", "write_duet")
    _played(commands.add_parser("study-kit", help="drums with the true pieces, on a kit never trained on"), "kick.wav and the others", "drum_kit", "write_kit")
    _played(commands.add_parser("study-voices", help="a lead and its backing, by voices never trained on"), "lead.wav and backing.wav", "lead_backing", "write_voices")
    _part_scores(commands.add_parser("study-scores", help="median uSDR on drum kits or voices learned and never trained on"))
    _export(commands.add_parser("study-export", help="write a study as ONNX with its manifest and golden"))


def _train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", help="a name of STUDIES in studies/training.py")
    parser.add_argument("out", type=Path, help="folder of the checkpoint and the log")
    parser.add_argument("--data", type=Path, nargs="*", default=[], help="folders of training sets")
    parser.add_argument("--library", type=Path, help="the archive of `prepare`, for the duets")
    parser.add_argument("--from", dest="start", type=Path, help="go on from the weights of a checkpoint")
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0, help="CPU threads; 0 leaves them as they are")
    parser.set_defaults(run=_run_train)


def _run_train(options: argparse.Namespace) -> None:
    import torch

    from ..memory import keep_memory
    from .training import Sources, train

    if options.threads:
        torch.set_num_threads(options.threads)
    keep_memory()
    sources = Sources(tuple(options.data), options.library, options.seed)
    print(f"{train(options.name, options.out, sources, options.minutes, options.start)} steps")


def _nmf(parser: argparse.ArgumentParser) -> None:
    given = parser.add_mutually_exclusive_group(required=True)
    given.add_argument("--examples", type=Path, help="a folder with a file or a folder for each source, by its name")
    given.add_argument("--data", type=Path, nargs="+", help="training sets, for the four stems")
    parser.add_argument("--id", default="nmf-learned", help="the model's id: lower-case letters, digits, dots, dashes")
    parser.add_argument("--into", type=Path, help="folder for graph and manifest, as `unbraid models` names it for yours")
    parser.add_argument("--components", type=int, default=32, help="spectra of each source")
    parser.add_argument("--seed", type=int, default=1)
    parser.set_defaults(run=_run_nmf)


def _run_nmf(options: argparse.Namespace) -> None:
    from .learned_nmf import export, from_examples, from_sets

    if options.examples:
        stems, spectra = from_examples(options.examples, options.components, options.seed)
        licence = {"weights": "your own, from your examples", "redistributable": False}
    else:
        stems, spectra = from_sets(options.data, options.components, options.seed)
        licence = None
    folders = (options.into, options.into) if options.into else (_MODELS / "weights", _MODELS / "manifests")
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
    for graph in export(options.id, stems, spectra, *folders, licence):
        print(f"{graph}: {graph.stat().st_size / 2**20:.2f} MiB")


def _played(parser: argparse.ArgumentParser, files: str, module: str, function: str) -> None:
    """A command that plays something, by a function of a study's module, and writes its true stems."""
    parser.add_argument("library", type=Path, help="the archive of `prepare`")
    parser.add_argument("out", type=Path, help=f"folder for {files}, and mixture.wav")
    parser.add_argument("--seed", type=int, default=900)
    parser.set_defaults(run=_run_played, played=(module, function))


def _run_played(options: argparse.Namespace) -> None:
    module, function = options.played
    write = getattr(importlib.import_module(f".{module}", __package__), function)
    write(options.library, options.out, options.seed)
    print(options.out)


def _part_scores(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("checkpoint", type=Path, help="of drum-kit or lead-backing")
    parser.add_argument("library", type=Path, help="the archive of `prepare`")
    parser.add_argument("--excerpts", type=int, default=60)
    parser.add_argument("--seed", type=int, default=7)
    parser.set_defaults(run=_run_part_scores)


def _run_part_scores(options: argparse.Namespace) -> None:
    import numpy as np

    from .part_scores import part_scores

    for name, held_out in (("learned", False), ("never trained on", True)):
        scores = part_scores(options.checkpoint, options.library, held_out, options.excerpts, options.seed)
        for stem, each in scores.items():
            quarters = np.percentile(each, [25, 50, 75]) if each else [float("nan")] * 3
            print(f"{name:18}{stem:18}{quarters[1]:7.2f} dB, quarters {quarters[0]:6.2f} {quarters[2]:6.2f}, of {len(each)}")


def _export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--models", type=Path, default=_MODELS, help="folder of manifests/ and weights/")
    parser.set_defaults(run=_run_export)


def _run_export(options: argparse.Namespace) -> None:
    from .export import export

    for graph in export(options.checkpoint, options.models):
        print(f"{graph}: {graph.stat().st_size / 2**20:.2f} MiB")
