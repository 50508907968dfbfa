"""Writes goldens/reassigned.json: a reassigned spectrogram by NumPy and SciPy alone, in float64.

    python3 test/parity/make_reassigned_goldens.py

The signal is made here and in the test by the same formula: a chirp, a sine between two bins and a click. The derivative
of the window is that of its formula; frames, windows and transforms are SciPy's.
"""

import json
import os

import numpy as np
from scipy.fft import rfft
from scipy.signal import get_window

N, WIN, HOP, COLUMNS = 256, 128, 16, 40
MARGIN = -(-WIN // 2 // HOP)
SAMPLES = (COLUMNS + 2 * MARGIN - 1) * HOP + WIN

n = np.arange(SAMPLES)
signal = 0.3 * np.sin(2 * np.pi * (0.05 * n + 0.5 * 0.25 * n * n / SAMPLES))
signal += 0.4 * np.sin(2 * np.pi * 0.4013 * n)
signal[401] += 0.9
signal = signal.astype(np.float32).astype(np.float64)

h = get_window("hann", WIN)
th = (np.arange(WIN) - WIN / 2) * h
dh = np.pi / WIN * np.sin(2 * np.pi * np.arange(WIN) / WIN)

frames = np.lib.stride_tricks.sliding_window_view(signal, WIN)[::HOP]
X, XT, XD = (rfft(frames * w, N)[:, : N // 2] for w in (h, th, dh))
energy = np.abs(X) ** 2
scale = 4 / (N * np.sum(h**2))
loud = scale * energy >= 1e-12
with np.errstate(all="ignore"):
    later = np.real(XT / X)
    higher = -N / (2 * np.pi) * np.imag(XD / X)
stays = (np.abs(later) > WIN / 2) | (np.abs(higher) > 4 * N / WIN)
frame, bin_ = np.meshgrid(np.arange(len(frames)), np.arange(N // 2), indexing="ij")
column = frame - MARGIN + np.where(stays, 0, np.nan_to_num(np.round(later / HOP)))
row = np.where(stays, bin_, np.abs(np.nan_to_num(np.round(bin_ + higher))))
inside = loud & (column >= 0) & (column < COLUMNS) & (row < N // 2)
power = np.zeros((N // 2, COLUMNS))
np.add.at(power, (row[inside].astype(int), column[inside].astype(int)), scale * energy[inside])

at = np.flatnonzero(power > 1e-7)
here = os.path.join(os.path.dirname(os.path.abspath(__file__)), "goldens", "reassigned.json")
with open(here, "w") as out:
    cells = {str(i): float(f"{power.flat[i]:.6g}") for i in at}
    json.dump({"columns": COLUMNS, "power": cells}, out, separators=(",", ":"))
    out.write("\n")
print(len(at), "cells of", power.size)
