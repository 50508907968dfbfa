"""How the C library gives out memory while a network is trained on a CPU."""

from __future__ import annotations

import ctypes
import sys

# Parameters of mallopt(3), from malloc.h of the GNU C library.
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4
_LARGEST = 2**31 - 1


def keep_memory() -> bool:
    """Tells the GNU C library to keep what is freed, and to take large tensors from it: every step wants the same ones
    again, and fresh pages cost more than the arithmetic done in them. True where that was possible."""
    if not sys.platform.startswith("linux"):
        return False
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return False
    return all(mallopt(name, value) for name, value in ((_MMAP_MAX, 0), (_TRIM_THRESHOLD, _LARGEST), (_TOP_PAD, 1 << 29)))
