"""Ogg Opus without ffmpeg: the container here (RFC 3533, RFC 7845), the codec in the system's libopus.

Packs keep Opus files, the most material a byte can hold, and a machine that trains may lack ffmpeg. The
library is found by the loader, or at `UNBRAID_LIBOPUS`.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import os
import struct
from functools import lru_cache

import numpy as np
from scipy.signal import resample_poly

from .audio import AudioError
from .constants import SAMPLE_RATE

OPUS_RATE = 48000
# The longest packet lasts 120 ms.
_MAX_FRAMES = 5760


@lru_cache(maxsize=1)
def _library() -> ctypes.CDLL:
    name = os.environ.get("UNBRAID_LIBOPUS") or ctypes.util.find_library("opus") or "libopus.so.0"
    try:
        library = ctypes.CDLL(name)
    except OSError as error:
        raise AudioError(f"libopus was not found; set UNBRAID_LIBOPUS ({error})") from error
    library.opus_decoder_create.restype = ctypes.c_void_p
    library.opus_decoder_create.argtypes = [ctypes.c_int32, ctypes.c_int, ctypes.POINTER(ctypes.c_int)]
    library.opus_decode_float.argtypes = [
        ctypes.c_void_p,
        ctypes.c_char_p,
        ctypes.c_int32,
        ctypes.POINTER(ctypes.c_float),
        ctypes.c_int,
        ctypes.c_int,
    ]
    library.opus_decoder_destroy.argtypes = [ctypes.c_void_p]
    return library


def packets(data: bytes) -> tuple[list[bytes], int]:
    """The packets of an Ogg stream and the granule position of its last page. Raises AudioError."""
    found: list[bytes] = []
    granule = 0
    at = 0
    pending = b""
    while at + 27 <= len(data):
        if data[at : at + 4] != b"OggS":
            raise AudioError("not an Ogg page")
        position = struct.unpack_from("<q", data, at + 6)[0]
        granule = position if position >= 0 else granule
        count = data[at + 26]
        lacing = data[at + 27 : at + 27 + count]
        at += 27 + count
        for size in lacing:
            pending += data[at : at + size]
            at += size
            # A segment of 255 bytes continues in the next one.
            if size < 255:
                found.append(pending)
                pending = b""
    return found, granule


def decode_opus(data: bytes, rate: int = SAMPLE_RATE) -> np.ndarray:
    """The audio of an Ogg Opus file as float32 [channels, samples]. Raises AudioError."""
    parts, granule = packets(data)
    if len(parts) < 2 or parts[0][:8] != b"OpusHead":
        raise AudioError("not an Opus stream")
    channels, skip = parts[0][9], struct.unpack_from("<H", parts[0], 10)[0]
    library = _library()
    status = ctypes.c_int(0)
    decoder = library.opus_decoder_create(OPUS_RATE, channels, ctypes.byref(status))
    if status.value != 0:
        raise AudioError(f"libopus: error {status.value}")
    buffer = np.empty((_MAX_FRAMES, channels), np.float32)
    pointer = buffer.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
    pieces = []
    try:
        for packet in parts[2:]:
            frames = library.opus_decode_float(decoder, packet, len(packet), pointer, _MAX_FRAMES, 0)
            if frames < 0:
                raise AudioError(f"libopus: error {frames}")
            pieces.append(buffer[:frames].copy())
    finally:
        library.opus_decoder_destroy(decoder)
    samples = np.concatenate(pieces)[skip:granule].T if pieces else np.zeros((channels, 0), np.float32)
    if rate == OPUS_RATE or samples.shape[1] == 0:
        return np.ascontiguousarray(samples)
    divisor = np.gcd(rate, OPUS_RATE)
    return resample_poly(samples, rate // divisor, OPUS_RATE // divisor, axis=1).astype(np.float32)
