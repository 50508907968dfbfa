"""The training loop: AdamW, warm-up and cosine, EMA, gradient clipping, mixed precision, resumable."""

from __future__ import annotations

import json
import math
import time
from dataclasses import asdict, dataclass, field
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from . import checkpoint
from .constants import ALL_BUT_VOCALS, VOCALS
from .losses import LossWeights, merge_joint, row_loss, spectral_loss, vocals_row_loss, wave_loss
from .networks import build
from .networks.features import powers
from .networks.masks import apply_masks
from .networks.unet import RowUNet
from .remix import Remixer, RemixSettings
from .spectral import from_graph, istft, stft, to_graph


# Steps between two looks for new shards, and the most seconds one step may count.
REFRESH = 200
LONGEST_STEP = 30.0


@dataclass
class TrainSettings:
    """One run. The schedule follows steps or minutes, whichever is nearer to its end."""

    network: dict
    steps: int = 100_000
    minutes: float = 60.0
    batch: int = 4
    rate: float = 1e-3
    warmup: int = 200
    decay: float = 1e-2
    ema: float = 0.999
    clip: float = 1.0
    seed: int = 1
    amp: str = "auto"
    loss: LossWeights = field(default_factory=LossWeights)


class Trainer:
    """Holds the state of a run; `step` is one update, `state` and `restore` are the checkpoint."""

    def __init__(self, settings: TrainSettings, device: torch.device) -> None:
        torch.manual_seed(settings.seed)
        self.settings = settings
        self.device = device
        self.network = build(settings.network).to(device)
        if device.type == "cuda":
            # What a GPU's matrix units want: this layout, TF32 where bfloat16 is not used, the fastest kernels.
            self.network = self.network.to(memory_format=torch.channels_last)
            torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = True
            torch.backends.cudnn.benchmark = True
        self.ema = checkpoint.Ema(self.network, settings.ema)
        self.optimiser = torch.optim.AdamW(
            _groups(self.network, settings.decay), lr=settings.rate, betas=(0.9, 0.98)
        )
        self.steps = 0
        # Where this optimiser began: it warms up from there.
        self.begun = 0
        self.elapsed = 0.0
        self.amp = _amp_type(settings.amp, device)

    def progress(self) -> float:
        """0 at the start, 1 at the end of the budget."""
        share = max(self.steps / self.settings.steps, self.elapsed / (60 * self.settings.minutes))
        return min(1.0, share)

    def learning_rate(self) -> float:
        warm = min(1.0, (self.steps - self.begun + 1) / self.settings.warmup)
        cosine = 0.5 * (1 + math.cos(math.pi * self.progress()))
        return self.settings.rate * warm * (0.02 + 0.98 * cosine)

    def loss(self, stems: Tensor, joint: Tensor) -> Tensor:
        """Of stems [b, s, 2, samples] whose sum is the mixture."""
        weights = self.settings.loss
        stems = stems / stems.sum(1).pow(2).mean(dim=(1, 2)).sqrt().clamp_min(1e-4).reshape(-1, 1, 1, 1)
        if isinstance(self.network, RowUNet) and bool((joint == ALL_BUT_VOCALS).all()):
            return self._vocals_loss(stems[:, VOCALS], stems.sum(1))
        with torch.no_grad():
            target = torch.stack([to_graph(stft(stem)) for stem in stems.unbind(1)], dim=1)
            mix = target.sum(1)
        mixed = self._mixed()
        if isinstance(self.network, RowUNet):
            rows = self.network.pool(powers(mix))
            with mixed:
                masks = self.network.row_masks(rows)
            return row_loss(masks.float(), target, joint, self.network.pool, weights)
        with mixed:
            masks = self.network(mix)
        estimate = apply_masks(self.network.mask_kind, masks.float(), mix)
        loss = spectral_loss(merge_joint(estimate, joint), merge_joint(target, joint), weights)
        if weights.wave or weights.multi:
            wave = istft(from_graph(estimate), stems.shape[-1])
            loss = loss + wave_loss(merge_joint(wave, joint), merge_joint(stems, joint), weights)
        return loss

    def _vocals_loss(self, vocals: Tensor, mixture: Tensor) -> Tensor:
        """Of waves [b, 2, samples], where the other stems do not matter: half of the transforms, a third of the sums."""
        with torch.no_grad():
            sung, mix = to_graph(stft(vocals)), to_graph(stft(mixture))
            rows = self.network.pool(powers(mix))
        with self._mixed():
            masks = self.network.row_masks(rows)
        return vocals_row_loss(masks.float(), sung, mix, self.network.pool, self.settings.loss)

    def _mixed(self) -> torch.autocast:
        return torch.autocast(self.device.type, self.amp or torch.bfloat16, enabled=self.amp is not None)

    def step(self, stems: Tensor, joint: Tensor) -> dict[str, float]:
        """One update; stems [b, s, 2, samples], joint [b]. Returns numbers for the log."""
        self.network.train()
        rate = self.learning_rate()
        for group in self.optimiser.param_groups:
            group["lr"] = rate
        norms = {name: value.clone() for name, value in self.network.named_buffers()}
        loss = self.loss(stems.to(self.device), joint.to(self.device))
        self.optimiser.zero_grad(set_to_none=True)
        loss.backward()
        # One example that overflows would spoil the norms' running statistics for good.
        if not all(torch.isfinite(value).all() for value in self.network.buffers()):
            for name, value in self.network.named_buffers():
                value.copy_(norms[name])
        norm = nn.utils.clip_grad_norm_(self.network.parameters(), self.settings.clip)
        # A step of infinite or undefined gradients would spoil every weight.
        if torch.isfinite(norm):
            self.optimiser.step()
            self.ema.update(self.network)
        self.steps += 1
        return {"step": self.steps, "loss": float(loss.detach()), "norm": float(norm), "rate": rate}

    def state(self, remixer: Remixer | None) -> dict:
        return {
            "settings": asdict(self.settings),
            "network": self.network.state_dict(),
            "ema": self.ema.network.state_dict(),
            "ema_steps": self.ema.steps,
            "optimiser": self.optimiser.state_dict(),
            "steps": self.steps,
            "begun": self.begun,
            "elapsed": self.elapsed,
            "rng": checkpoint.rng_state(remixer.rng) if remixer else None,
            "song_share": remixer.settings.song_share if remixer else None,
            "vocals_share": remixer.settings.vocals_share if remixer else None,
        }

    def restore(self, state: dict, remixer: Remixer | None) -> None:
        self.network.load_state_dict(state["network"])
        self.ema.network.load_state_dict(state["ema"])
        self.ema.steps = state["ema_steps"]
        self.optimiser.load_state_dict(state["optimiser"])
        self.steps = state["steps"]
        self.begun = state.get("begun", 0)
        self.elapsed = state["elapsed"]
        if remixer and state["rng"]:
            checkpoint.restore_rng(state["rng"], remixer.rng)

    def resume(self, state: dict) -> None:
        """Goes on from a packed checkpoint (see `checkpoint.pack`): weights, their average and the step; the optimiser
        begins anew, so the rate warms up again."""
        self.network.load_state_dict(state.get("network", state["ema"]))
        self.ema.network.load_state_dict(state["ema"])
        self.ema.steps = state["ema_steps"]
        self.steps = self.begun = state["steps"]
        self.elapsed = state["elapsed"]


def settings_from(state: dict) -> TrainSettings:
    """The settings stored in a checkpoint."""
    stored = dict(state["settings"])
    return TrainSettings(**{**stored, "loss": LossWeights(**stored["loss"])})


def remix_settings(before: dict | None, **asked: float | None) -> RemixSettings:
    """How examples are drawn: the shares that were asked for, else those of the run that goes on, else the usual."""
    chosen = {name: (before or {}).get(name) if value is None else value for name, value in asked.items()}
    return RemixSettings(**{name: value for name, value in chosen.items() if value is not None})


def run(trainer: Trainer, remixer: Remixer, out: Path, save_every: float = 120.0, log_every: int = 20) -> None:
    """Trains until the budget is spent; writes `last.pt` now and then and `log.ndjson` as it goes. Songs that
    come into the store meanwhile are taken up."""
    out.mkdir(parents=True, exist_ok=True)
    last = saved = time.perf_counter()
    recent: list[dict[str, float]] = []
    while trainer.progress() < 1:
        if trainer.steps % REFRESH == 0:
            remixer.store.refresh()
        recent.append(trainer.step(*remixer.batch(trainer.settings.batch)))
        # Waiting for data spends the budget; a machine or process put to sleep does not.
        now = time.perf_counter()
        trainer.elapsed += min(now - last, LONGEST_STEP)
        last = now
        if len(recent) >= log_every:
            _log(out / "log.ndjson", trainer, recent)
            recent = []
        if trainer.progress() >= 1 or time.perf_counter() - saved > save_every:
            checkpoint.save(out / "last.pt", trainer.state(remixer))
            saved = time.perf_counter()


def _log(path: Path, trainer: Trainer, recent: list[dict[str, float]]) -> None:
    line = {key: float(np.mean([entry[key] for entry in recent])) for key in ("loss", "norm", "rate")}
    line = {"step": trainer.steps, "minutes": trainer.elapsed / 60, **line}
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps({key: round(value, 6) for key, value in line.items()}) + "\n")


def _groups(network: nn.Module, decay: float) -> list[dict]:
    """Weight decay for matrices only; biases, norms and positions stay free."""
    matrices = [p for p in network.parameters() if p.dim() > 1 and p.shape[0] > 1]
    chosen = {id(p) for p in matrices}
    rest = [p for p in network.parameters() if id(p) not in chosen]
    return [{"params": matrices, "weight_decay": decay}, {"params": rest, "weight_decay": 0.0}]


def _amp_type(amp: str, device: torch.device) -> torch.dtype | None:
    """bfloat16 has the range of float32, so gradients need no scaling. `auto` takes it on GPUs and on CPUs that have
    instructions for it; on others it is slower than float32."""
    fits = device.type == "cuda" or _has_bfloat16()
    return torch.bfloat16 if amp == "on" or (amp == "auto" and fits) else None


def _has_bfloat16() -> bool:
    """Whether this CPU multiplies bfloat16. PyTorch before 2.6 cannot tell, and counts as no."""
    tells = (getattr(torch.cpu, name, None) for name in ("_is_avx512_bf16_supported", "_is_amx_tile_supported"))
    return any(tell() for tell in tells if tell)
