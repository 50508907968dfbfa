"""The commands: each reads its options, calls one module and prints what came of it."""

from __future__ import annotations

import argparse
from pathlib import Path

from .constants import STEMS

_MODELS = Path(__file__).resolve().parents[2]


def register(commands: argparse._SubParsersAction) -> None:
    _material(commands.add_parser("fetch-material", help="free sounds and music from Debian packages"))
    _kits(commands.add_parser("prepare-kits", help="drum kits of fetch-material as samples, for prepare --more"))
    _library(commands.add_parser("prepare", help="pack a sample library with MIDI into one file"))
    _stems(commands.add_parser("prepare-stems", help="stems of songs to a training set"))
    _instrumentals(commands.add_parser("prepare-instrumentals", help="music without a voice to a training set"))
    _karaoke(commands.add_parser("prepare-karaoke", help="clips with music left and a voice right to a training set"))
    _pack(commands.add_parser("pack-stems", help="stems of songs as small Opus files that travel"))
    _render(commands.add_parser("render", help="render songs from a packed library to a training set"))
    _train(commands.add_parser("train", help="train a network, or go on from its checkpoint"))
    _evaluate(commands.add_parser("evaluate", help="score a network, files or the mixture"))
    _picture(commands.add_parser("picture", help="draw the spectrograms of a song's stems, true and estimated"))
    _average(commands.add_parser("average", help="weights between two checkpoints of one run"))
    _pack_checkpoint(commands.add_parser("pack-checkpoint", help="a checkpoint small enough to keep, to go on from"))
    _calibrate(commands.add_parser("calibrate", help="set how sharp masks are, and how readily a stem is heard"))
    _export(commands.add_parser("export", help="write a checkpoint as ONNX with its manifest and goldens"))
    _verify(commands.add_parser("verify", help="compare ONNX Runtime with PyTorch"))


def _material(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("out", type=Path, help="folder for KIND/PACKAGE and CREDITS.txt")
    parser.add_argument("packages", nargs="*", help="names; all of the table in material.py if none is given")
    parser.set_defaults(run=_run_material)


def _run_material(options: argparse.Namespace) -> None:
    from .material import fetch_material

    options.out.mkdir(parents=True, exist_ok=True)
    for folder in fetch_material(options.out, options.packages):
        print(folder)


def _kits(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("material", type=Path, help="the folder of `fetch-material`")
    parser.add_argument("out", type=Path, help="folder for samples.tsv and its Opus files")
    parser.set_defaults(run=_run_kits)


def _run_kits(options: argparse.Namespace) -> None:
    from .kits import prepare_kits

    print(f"{prepare_kits(options.material, options.out)} hits in {options.out}")


def _library(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("root", type=Path, help="folder with samples.tsv, its Opus files and midi/")
    parser.add_argument("out", type=Path, help="the archive to write")
    parser.add_argument("--more", type=Path, nargs="*", default=[], help="folders like it, as `prepare-kits` makes them")
    parser.add_argument("--kilobits", type=int, default=0, help="re-encode at this rate; 0 keeps the files")
    parser.add_argument("--seconds", type=float, default=3.0, help="with --kilobits: longest note")
    parser.add_argument("--every", type=int, default=1, help="with --kilobits: take every n-th note")
    parser.set_defaults(run=_run_library)


def _run_library(options: argparse.Namespace) -> None:
    from .library import prepare_library

    roots = [options.root, *options.more]
    count = prepare_library(roots, options.out, options.kilobits, options.seconds, options.every)
    print(f"{count} samples, {options.out.stat().st_size / 2**20:.1f} MiB in {options.out}")


def _stems(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("root", type=Path, help="folder of songs: SONG/vocals.wav …, or .stem.mp4 files")
    parser.add_argument("out", type=Path, help="folder of the training set")
    parser.add_argument("--only", nargs="*", default=[], help="names of songs to take")
    parser.add_argument("--without", nargs="*", default=[], help="names of songs to leave out")
    parser.add_argument("--cut", nargs="*", default=[], help="NAME:from-to, seconds to silence")
    parser.set_defaults(run=_run_stems)


def _run_stems(options: argparse.Namespace) -> None:
    from .stems import prepare_stems

    count = prepare_stems(options.root, options.out, options.only, options.without, options.cut)
    print(f"{count} songs in {options.out}")


def _instrumentals(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("root", type=Path, help="folder of audio files, each a piece of music without a voice")
    parser.add_argument("out", type=Path, help="folder of the training set")
    parser.add_argument("--held-out", action="store_true", help="the half that is never trained on")
    parser.add_argument("--all", action="store_true", help="every piece, where none is measured with")
    parser.set_defaults(run=_run_instrumentals)


def _run_instrumentals(options: argparse.Namespace) -> None:
    from .stems import prepare_instrumentals

    print(f"{prepare_instrumentals(options.root, options.out, options.held_out, options.all)} pieces in {options.out}")


def _karaoke(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("root", type=Path, help="folder of stereo files, in the layout of MIR-1K")
    parser.add_argument("out", type=Path, help="folder of the training set")
    parser.set_defaults(run=_run_karaoke)


def _run_karaoke(options: argparse.Namespace) -> None:
    from .stems import prepare_karaoke

    print(f"{prepare_karaoke(options.root, options.out)} clips in {options.out}")


def _pack(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("root", type=Path, help="folder of songs, as for prepare-stems")
    parser.add_argument("out", type=Path, help="folder for SONG/STEM.opus")
    parser.add_argument("--kilobits", type=int, default=64)
    parser.add_argument("--only", nargs="*", default=[], help="names of songs to take")
    parser.add_argument("--without", nargs="*", default=[], help="names of songs to leave out")
    parser.set_defaults(run=_run_pack)


def _run_pack(options: argparse.Namespace) -> None:
    from .stems import pack_stems

    size = pack_stems(options.root, options.out, options.kilobits, options.only, options.without)
    print(f"{size / 2**20:.1f} MiB in {options.out}")


def _render(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("library", type=Path, help="archive made by prepare")
    parser.add_argument("out", type=Path, help="folder of the training set")
    parser.add_argument("--count", type=int, default=1000, help="excerpts")
    parser.add_argument("--seconds", type=float, default=12.0)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--held-out", action="store_true", help="only instruments never trained on")
    parser.set_defaults(run=_run_render)


def _run_render(options: argparse.Namespace) -> None:
    from .render import render

    made = render(
        options.library,
        options.out,
        options.count,
        options.seed,
        options.seconds,
        options.workers,
        options.held_out,
    )
    print(f"{made} excerpts in {options.out}")


def _train(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("preset", help="one of the presets in networks/__init__.py")
    parser.add_argument("out", type=Path, help="folder of the checkpoint and the log")
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders of training sets")
    parser.add_argument("--minutes", type=float, default=60, help="budget; the run ends and saves by itself")
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--rate", type=float, default=1e-3)
    parser.add_argument("--ema", type=float, default=0.999)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=0, help="CPU threads; 0 leaves them as they are")
    parser.add_argument("--device", default="auto")
    parser.add_argument("--amp", choices=["auto", "on", "off"], default="auto")
    parser.add_argument("--wave", type=float, default=0.0, help="weight of the waveform loss")
    parser.add_argument("--multi", type=float, default=0.0, help="weight of the multi-resolution loss")
    parser.add_argument("--sdr", type=float, default=0.0, help="weight of the logarithm of the error (rows only)")
    parser.add_argument(
        "--song-share", type=float, help="share of true songs among sources; half, or as before where a run goes on"
    )
    parser.add_argument(
        "--vocals-share", type=float, help="share of examples judged by vocals and accompaniment alone; 0, or as before"
    )
    parser.add_argument("--from", dest="start", type=Path, help="begin with the weights of this checkpoint")
    parser.add_argument("--resume", type=Path, help="go on from a packed checkpoint, at its step of the schedule")
    parser.add_argument("--warmup", type=int, default=200, help="steps until the rate is whole")
    parser.add_argument("--more", action="store_true", help="give a finished run a fresh budget")
    parser.set_defaults(run=_run_train)


def _run_train(options: argparse.Namespace) -> None:
    import torch

    from . import checkpoint
    from .losses import LossWeights
    from .memory import keep_memory
    from .networks import PRESETS
    from .remix import Remixer
    from .store import Store
    from .train import Trainer, TrainSettings, remix_settings, run

    if options.threads:
        torch.set_num_threads(options.threads)
    device = torch.device(_device(options.device))
    if device.type == "cpu":
        keep_memory()
    settings = TrainSettings(
        network=PRESETS[options.preset],
        steps=options.steps,
        minutes=options.minutes,
        batch=options.batch,
        rate=options.rate,
        ema=options.ema,
        seed=options.seed,
        warmup=options.warmup,
        amp=options.amp,
        loss=LossWeights(wave=options.wave, multi=options.multi, sdr=options.sdr),
    )
    trainer = Trainer(settings, device)
    last = options.out / "last.pt"
    before = checkpoint.load(last, device) if last.exists() else None
    remix = remix_settings(before, song_share=options.song_share, vocals_share=options.vocals_share)
    remixer = Remixer(Store(options.data), options.seed, remix, device)
    if before:
        trainer.restore(before, remixer)
        if options.more:
            trainer.elapsed, trainer.steps = 0.0, 0
        print(f"going on at step {trainer.steps}")
    elif options.resume:
        trainer.resume(checkpoint.load(options.resume, device))
        print(f"going on at step {trainer.steps}")
    elif options.start:
        state = checkpoint.load(options.start, device)
        trainer.network.load_state_dict(state["ema"])
        trainer.ema.network.load_state_dict(state["ema"])
    weights = sum(p.numel() for p in trainer.network.parameters())
    print(f"{options.preset}: {weights / 1e6:.2f} M weights, {len(remixer.store.songs)} songs, {device}", flush=True)
    run(trainer, remixer, options.out)
    print(f"{trainer.steps} steps in {trainer.elapsed / 60:.1f} minutes, saved {last}")


def _evaluate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="training-set folders of songs")
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("--checkpoint", type=Path, help="a network's last.pt")
    chosen.add_argument("--estimates", type=Path, help="folder of SONG/STEM.wav files; default: the mixture")
    chosen.add_argument("--nmf", type=Path, nargs="+", help="training sets to learn NMF dictionaries from")
    parser.add_argument("--pattern", default="{stem}", help="file name of an estimate without its suffix")
    parser.add_argument("--songs", type=int, default=0, help="only the first n songs")
    parser.add_argument("--begin", type=float, default=0, help="seconds")
    parser.add_argument("--end", type=float, default=0, help="seconds; 0 is the end of the song")
    parser.add_argument("--json", type=Path, help="write the scores of every song here")
    parser.add_argument("--bss", action="store_true", help="SDR, ISR, SIR, SAR of BSSEval v4 too (minutes a song)")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--device", default="auto")
    parser.set_defaults(run=_run_evaluate)


def _run_evaluate(options: argparse.Namespace) -> None:
    import json

    import torch

    from .evaluate import folder_method, mixture_scores, network_method, score, table
    from .store import Store

    if options.threads:
        torch.set_num_threads(options.threads)
    songs = Store(options.data).songs
    songs = songs[: options.songs] if options.songs else songs
    span = (options.begin, options.end)
    if options.checkpoint:
        scores = score(network_method(options.checkpoint, _device(options.device)), songs, *span, options.bss)
    elif options.estimates:
        method = folder_method(options.estimates, options.pattern, options.begin)
        scores = score(method, songs, *span, options.bss)
    elif options.nmf:
        from .nmf import nmf_method

        scores = score(nmf_method(options.nmf), songs, *span, options.bss)
    else:
        scores = mixture_scores(songs, *span)
    print(f"{len(songs)} songs, dB\n{table(scores)}")
    if options.json:
        options.json.write_text(json.dumps(scores, indent=1))


def _picture(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path, help="the PNG")
    parser.add_argument("--data", type=Path, required=True, help="training-set folder; its first song is shown")
    parser.add_argument("--begin", type=float, default=0, help="seconds")
    parser.add_argument("--end", type=float, default=0, help="seconds; 0 is the end of the song")
    parser.set_defaults(run=_run_picture)


def _run_picture(options: argparse.Namespace) -> None:
    from .evaluate import network_method
    from .picture import compose, write_png
    from .store import Store

    song = Store([options.data]).songs[0]
    method = network_method(options.checkpoint, "cpu")
    write_png(options.out, compose(song, method, options.begin, options.end))
    print(options.out)


def _average(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("first", type=Path)
    parser.add_argument("second", type=Path)
    parser.add_argument("out", type=Path, help="the new checkpoint")
    parser.add_argument("--share", type=float, default=0.5, help="of the second one")
    parser.add_argument("--data", nargs="+", type=Path, required=True, help="folders of training sets")
    parser.add_argument("--song-share", type=float, default=0.5)
    parser.add_argument("--batches", type=int, default=40, help="examples for the norms, eight each")
    parser.add_argument("--seed", type=int, default=99)
    parser.set_defaults(run=_run_average)


def _run_average(options: argparse.Namespace) -> None:
    from .average import average
    from .remix import Remixer, RemixSettings
    from .store import Store

    remixer = Remixer(Store(options.data), options.seed, RemixSettings(song_share=options.song_share))
    average(options.first, options.second, options.share, options.out, remixer, options.batches)


def _pack_checkpoint(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--average-only", action="store_true", help="enough to export or to go on from")
    parser.add_argument("--steps", type=int, default=0, help="the step of a longer schedule that it stands for")
    parser.set_defaults(run=_run_pack_checkpoint)


def _run_pack_checkpoint(options: argparse.Namespace) -> None:
    from .checkpoint import pack

    pack(options.checkpoint, options.out, options.average_only, options.steps)
    print(f"{options.out}: {options.out.stat().st_size / 2**20:.1f} MiB")


def _calibrate(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("out", type=Path, help="the new checkpoint")
    parser.add_argument("--sharpness", type=float, default=1, help="below 1: softer masks")
    parser.add_argument("--bias", nargs="*", default=[], metavar="STEM=X", help="below 0: the stem takes less")
    parser.set_defaults(run=_run_calibrate)


def _run_calibrate(options: argparse.Namespace) -> None:
    from .calibrate import calibrate

    pairs = [text.split("=") for text in options.bias]
    calibrate(options.checkpoint, options.out, options.sharpness, {stem: float(x) for stem, x in pairs})


def _export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("id", help="the model's id: file names and the manifest's id")
    parser.add_argument("--models", type=Path, default=_MODELS, help="folder of manifests/ and weights/")
    parser.add_argument("--name", default="", help="the name people see; that of the manifest before, if there is one")
    parser.add_argument("--description", default="", help="alike")
    _only(parser)
    parser.set_defaults(run=_run_export)


def _only(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--only", choices=STEMS, help="this stem and the rest, of a specialist; weights of 16 bits")


def _run_export(options: argparse.Namespace) -> None:
    from .export import export

    graph = export(options.checkpoint, options.models, options.id, options.name, options.description, options.only)
    print(f"{graph}: {graph.stat().st_size / 2**20:.2f} MiB")


def _verify(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("graph", type=Path, help="the exported .onnx")
    _only(parser)
    parser.set_defaults(run=_run_verify)


def _run_verify(options: argparse.Namespace) -> int:
    from .verify import verify

    return verify(options.checkpoint, options.graph, options.only)


def _device(name: str) -> str:
    import torch

    if name != "auto":
        return name
    return "cuda" if torch.cuda.is_available() else "cpu"
