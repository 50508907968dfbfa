"""What training minimises: distances of waveforms and spectra, all linear in level."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from .constants import ALL_BUT_VOCALS, BASS, DRUMS, N_FFT, OTHER, SAMPLE_RATE, VOCALS
from .networks.patches import Pool
from .spectral import stft


@dataclass(frozen=True)
class LossWeights:
    """Weights of the parts; a weight of 0 saves the part's cost.

    spectrum: L1 of complex bins (Luo & Yu, 2023); magnitude: L1 of |bin|^0.5, which hears quiet parts;
    wave: L1 of samples; multi: L1 of complex bins at other resolutions; sdr: logarithm of an example's error energy
    against that of its mixture, as a whole and by band, which is what uSDR measures (row masks only).
    """

    spectrum: float = 1.0
    magnitude: float = 0.3
    wave: float = 0.0
    multi: float = 0.0
    sdr: float = 0.0


# Brings bins of a 4096-point transform near 1 for a signal of level 1.
_BIN = 0.2

# Upper edges in Hz of the bands whose errors `sdr` compares by themselves, what a band weighs beside the whole, and the
# share of the mixture (-25 dB) below which an error hardly matters.
_BANDS = (500.0, 1500.0, 4000.0, 10000.0, SAMPLE_RATE / 2)
_BAND_SHARE = 0.1
_SDR_FLOOR = 10**-2.5

MULTI = ((8192, 2048), (1024, 256), (256, 64))


def merge_joint(stems: Tensor, joint: Tensor | None) -> Tensor:
    """Where `joint` [b] is set, bass moves into other, and drums too where it is ALL_BUT_VOCALS: [b, s, ...] to the
    same. The stems of such an example are known only as parts of a sum. None: every stem is known."""
    if joint is None:
        return stems
    shape = (-1, *([1] * (stems.dim() - 2)))
    parts = list(stems.unbind(1))
    for stem, flag in ((BASS, joint > 0), (DRUMS, joint == ALL_BUT_VOCALS)):
        moved = parts[stem] * flag.to(stems.dtype).reshape(shape)
        parts[OTHER] = parts[OTHER] + moved
        parts[stem] = parts[stem] - moved
    return torch.stack(parts, dim=1)


def spectral_loss(estimate: Tensor, target: Tensor, weights: LossWeights) -> Tensor:
    """Of spectra [b, s, (ch ri), f, t] of examples at a level of 1; a scalar."""
    batch, stems, _, bins, frames = estimate.shape
    shape = (batch, stems, 2, 2, bins, frames)
    loss = weights.spectrum * _BIN * _modulus((estimate - target).reshape(shape)).mean()
    if weights.magnitude:
        made = (_BIN * _modulus(estimate.reshape(shape))).sqrt()
        wanted = (_BIN * _modulus(target.reshape(shape))).sqrt()
        loss = loss + weights.magnitude * (made - wanted).abs().mean()
    return loss


def row_loss(masks: Tensor, stems: Tensor, joint: Tensor | None, pool: Pool, weights: LossWeights) -> Tensor:
    """`spectral_loss` of real masks [b, s, ch, rows, t] that all bins of a row share, without their bins.

    With the mixture x and a stem y the error of a row is Σ|m x − y|² = m² Σ|x|² − 2 m Σ Re(x̄ y) + Σ|y|², so
    three sums over bins, which need no gradient, say it all. Stems [b, s, (ch ri), f, t].
    """
    with torch.no_grad():
        parts = merge_joint(stems, joint)
        mix = stems.sum(1, keepdim=True)
        error_0 = _row_sum(parts * parts, pool)
        error_1 = _row_sum(mix * parts, pool)
        error_2 = _row_sum(mix * mix, pool)
    return _loss_of_sums(merge_joint(masks, joint), (error_0, error_1, error_2), pool, weights)


def vocals_row_loss(masks: Tensor, vocals: Tensor, mix: Tensor, pool: Pool, weights: LossWeights) -> Tensor:
    """`row_loss` of a batch that is judged by its vocals and the rest alone, from two spectra [b, (ch ri), f, t].

    The sums of the rest z = x − y follow from those of the vocals y: Σ|z|² = Σ|x|² − 2 Σ Re(x̄ y) + Σ|y|² and
    Σ Re(x̄ z) = Σ|x|² − Σ Re(x̄ y). It has the scale of `row_loss`, in whose mean the two other stems are empty.
    """
    with torch.no_grad():
        sung = _row_sum((vocals * vocals).unsqueeze(1), pool)
        shared = _row_sum((mix * vocals).unsqueeze(1), pool)
        whole = _row_sum((mix * mix).unsqueeze(1), pool)
        rest = torch.relu(whole - 2 * shared + sung)
        sums = torch.cat([sung, rest], dim=1), torch.cat([shared, whole - shared], dim=1), whole
    sung_mask = masks[:, VOCALS : VOCALS + 1]
    pair = torch.cat([sung_mask, masks.sum(1, keepdim=True) - sung_mask], dim=1)
    return _loss_of_sums(pair, sums, pool, weights) * 2 / masks.shape[1]


def _loss_of_sums(masks: Tensor, sums: tuple[Tensor, Tensor, Tensor], pool: Pool, weights: LossWeights) -> Tensor:
    """Of masks [b, s, ch, rows, t] and Σ|y|², Σ Re(x̄ y) and Σ|x|² of their rows."""
    error_0, error_1, error_2 = sums
    bins = torch.cat([torch.full((count,), float(width)) for width, count in pool.groups]).to(masks.device)
    width = bins.reshape(-1, 1) / bins.sum()
    # A row of w bins weighs w times its mean error; rounding may bring a perfect one below 0.
    error = torch.relu(masks * masks * error_2 - 2 * masks * error_1 + error_0)
    loss = weights.spectrum * _BIN * (torch.sqrt(error + 1e-8) * width).sum(-2).mean()
    if weights.magnitude:
        made = torch.sqrt(torch.sqrt(masks * masks * error_2 + 1e-8) * _BIN)
        wanted = torch.sqrt(torch.sqrt(error_0 + 1e-8) * _BIN)
        loss = loss + weights.magnitude * ((made - wanted).abs() * width).sum(-2).mean()
    if weights.sdr:
        loss = loss + weights.sdr * _sdr_loss(error, error_2, bins)
    return loss


def _sdr_loss(error: Tensor, whole: Tensor, bins: Tensor) -> Tensor:
    """ln of the error energy of every stem against that of its example's mixture; 0 without an error. It falls as the
    example's uSDR rises.

    Errors [b, s, ch, rows, t] and the mixture's energies [b, 1, ch, rows, t] are means over the bins of rows, which have
    `bins` [rows] of them. Every example counts alike, however loud; an L1 loss prefers masks of 0 and 1 to the mean of
    what may be.
    """
    made = (error.sum((2, 4)) * bins).float()
    mixed = (whole.sum((2, 4)) * bins).float()
    edges = torch.cumsum(bins, 0) * (SAMPLE_RATE / N_FFT)
    missing = _log_share(made.sum(-1), mixed.sum(-1))
    below = 0.0
    for above in _BANDS:
        rows = (edges > below) & (edges <= above + 1)
        below = above + 1
        if rows.any():
            # A band that has nothing of the mixture's has nothing to lose.
            band = mixed[..., rows].sum(-1) + 1e-4 * mixed.sum(-1)
            missing = missing + _BAND_SHARE * _log_share(made[..., rows].sum(-1), band)
    return missing.mean()


def _log_share(error: Tensor, whole: Tensor) -> Tensor:
    return torch.log1p(error / (_SDR_FLOOR * (whole + 1e-9)))


def _row_sum(products: Tensor, pool: Pool) -> Tensor:
    """[b, s, (ch ri), f, t] to the mean over the bins of a row of re + im: [b, s, ch, rows, t]."""
    batch, stems, _, bins, frames = products.shape
    both = products.reshape(batch, stems, 2, 2, bins, frames).sum(3)
    return pool(both.flatten(1, 2)).unflatten(1, (stems, 2))


def wave_loss(estimate: Tensor, target: Tensor, weights: LossWeights) -> Tensor:
    """Of waveforms [b, s, 2, samples]; a scalar."""
    loss = weights.wave * (estimate - target).abs().mean()
    if weights.multi:
        for n_fft, hop in MULTI:
            difference = stft(estimate - target, n_fft, hop)
            loss = loss + weights.multi / len(MULTI) * difference.abs().mean() / (n_fft / 2) ** 0.5
    return loss


def _modulus(parts: Tensor) -> Tensor:
    """|z| of [..., 2, f, t], smoothed at 0 where its slope has no value."""
    real, imaginary = parts.unbind(-3)
    return torch.sqrt(real * real + imaginary * imaginary + 1e-8)
