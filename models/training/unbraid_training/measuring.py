"""The commands that measure: validation sets, tables of a method on them, and a blend's settings chosen on them."""

from __future__ import annotations

import argparse
from pathlib import Path


def register(commands: argparse._SubParsersAction) -> None:
    _prepare(commands.add_parser("prepare-validation", help="real voices over real music, to measure with"))
    _mixtures(commands.add_parser("write-mixtures", help="the validation sets' mixtures as WAV, for other programs"))
    _validate(commands.add_parser("validate", help="tables of a method on the validation sets"))
    _tune(commands.add_parser("tune", help="choose sharpness, biases and weights of a blend on the validation sets"))


def _prepare(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("root", type=Path, help="folder of audio, as for prepare, with validation/ and instrumental/")
    parser.add_argument("library", type=Path, help="archive made by prepare")
    parser.add_argument("out", type=Path)
    parser.set_defaults(run=_run_prepare)


def _run_prepare(options: argparse.Namespace) -> None:
    from .validation import prepare_validation

    prepare_validation(options.root, options.library, options.out)


def _mixtures(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sets", type=Path, help="folder made by prepare-validation")
    parser.add_argument("out", type=Path, help="folder for SET--SONG.wav")
    parser.add_argument("--quick", action="store_true", help="every third MIR-1K clip, every second rendered one")
    parser.set_defaults(run=_run_mixtures)


def _run_mixtures(options: argparse.Namespace) -> None:
    from .validation import QUICK, write_mixtures

    count = write_mixtures(options.sets, options.out, QUICK if options.quick else None)
    print(f"{count} mixtures in {options.out}")


def _validate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sets", type=Path, help="folder made by prepare-validation")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--checkpoint", type=Path, help="a network's checkpoint")
    chosen.add_argument("--estimates", type=Path, help="folder of SET--SONG/STEM files; default: the mixture")
    parser.add_argument("--only", nargs="+", default=[], help="names of sets")
    parser.add_argument("--quick", action="store_true", help="every third MIR-1K clip, every second rendered one")
    parser.add_argument("--json", type=Path, help="write the figures of every song here")
    parser.add_argument("--threads", type=int, default=0)
    parser.set_defaults(run=_run_validate)


def _run_validate(options: argparse.Namespace) -> None:
    import json

    import torch

    from .scoreboard import checkpoint_method, files_method, mixture_method, scoreboard, tables
    from .validation import QUICK, SETS

    if options.threads:
        torch.set_num_threads(options.threads)
    method = mixture_method
    if options.checkpoint:
        method = checkpoint_method(options.checkpoint, "cpu")
    elif options.estimates:
        method = files_method(options.estimates)
    board = scoreboard(method, options.sets, options.only or list(SETS), QUICK if options.quick else None)
    print(tables(board))
    if options.json:
        options.json.write_text(json.dumps(board, indent=1))


def _tune(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("sets", type=Path, help="folder made by prepare-validation")
    parser.add_argument("checkpoints", type=Path, nargs="+", help="the blend's networks, not calibrated")
    parser.add_argument("--only", nargs="+", default=["mir-1k", "mixed", "songs"], help="names of sets")
    parser.add_argument("--cache", type=Path, help="keep what the networks said here, and take it from here")
    parser.add_argument("--specialist", action="store_true", help="the last network is for vocals alone")
    parser.add_argument("--threads", type=int, default=0)
    parser.set_defaults(run=_run_tune)


def _run_tune(options: argparse.Namespace) -> None:
    import torch

    from .calibration import report, store_rows, tune

    if options.threads:
        torch.set_num_threads(options.threads)
    if options.cache and options.cache.exists():
        rows = torch.load(options.cache, weights_only=False)
    else:
        rows = store_rows(options.sets, options.checkpoints, tuple(options.only))
        if options.cache:
            torch.save(rows, options.cache)
    print(report(rows, tune(rows, options.specialist)))
