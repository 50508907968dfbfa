"""Short-time Fourier transform and its inverse, as the app computes them.

Centred frames with reflected edges, a periodic Hann window, no scaling: `torch.stft` with its defaults and the
`Stft` of the app give the same values. Written with unfold and FFT because the inverse in older PyTorch
releases is several times slower than its parts.
"""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional

from .constants import HOP, N_FFT


def hann(n_fft: int, device: torch.device | None = None) -> Tensor:
    """The periodic Hann window, [n_fft]."""
    return torch.hann_window(n_fft, periodic=True, device=device)


def stft(wave: Tensor, n_fft: int = N_FFT, hop: int = HOP) -> Tensor:
    """[..., samples] to complex [..., n_fft / 2 + 1, 1 + samples // hop]."""
    lead = n_fft // 2
    flat = wave.reshape(1, -1, wave.shape[-1])
    padded = functional.pad(flat, (lead, lead), mode="reflect")[0]
    frames = padded.unfold(-1, n_fft, hop) * hann(n_fft, wave.device)
    spectrum = torch.fft.rfft(frames).transpose(-1, -2)
    return spectrum.reshape(*wave.shape[:-1], *spectrum.shape[-2:])


def istft(spectrum: Tensor, samples: int, n_fft: int = N_FFT, hop: int = HOP) -> Tensor:
    """Complex [..., n_fft / 2 + 1, frames] to [..., samples] by weighted overlap-add (Griffin & Lim 1984).

    `hop` must divide `n_fft`. Raises ValueError otherwise.
    """
    if n_fft % hop:
        raise ValueError(f"hop {hop} does not divide n_fft {n_fft}")
    window = hann(n_fft, spectrum.device)
    frames = torch.fft.irfft(spectrum.transpose(-1, -2), n=n_fft) * window
    count = frames.shape[-2]
    wave = _overlap_add(frames, n_fft // hop, hop)
    energy = _overlap_add((window**2).expand(count, n_fft), n_fft // hop, hop)
    lead = n_fft // 2
    wave = wave[..., lead : lead + samples] / energy[lead : lead + samples].clamp_min(1e-8)
    return functional.pad(wave, (0, samples - wave.shape[-1]))


def _overlap_add(frames: Tensor, parts: int, hop: int) -> Tensor:
    """[..., frames, parts * hop] to [..., (frames + parts - 1) * hop]: each part is one shifted sum."""
    pieces = frames.reshape(*frames.shape[:-1], parts, hop)
    count = frames.shape[-2]
    total = None
    for part in range(parts):
        shifted = functional.pad(pieces[..., part, :], (0, 0, part, parts - 1 - part))
        total = shifted if total is None else total + shifted
    return total.reshape(*frames.shape[:-2], (count + parts - 1) * hop)


def to_graph(spectrum: Tensor) -> Tensor:
    """Complex [b, 2, bins + 1, t] to the graph's input [b, (ch ri), bins, t], without the Nyquist bin."""
    parts = torch.view_as_real(spectrum[:, :, :-1]).permute(0, 1, 4, 2, 3)
    return parts.flatten(1, 2).contiguous()


def from_graph(masked: Tensor) -> Tensor:
    """Real [b, s, (ch ri), bins, t] to complex [b, s, 2, bins + 1, t]; the Nyquist bin is zero."""
    batch, stems, _, bins, frames = masked.shape
    parts = masked.reshape(batch, stems, 2, 2, bins, frames)
    spectrum = torch.complex(parts[:, :, :, 0], parts[:, :, :, 1])
    return functional.pad(spectrum, (0, 0, 0, 1))
