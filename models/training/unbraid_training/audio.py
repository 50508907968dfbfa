"""Reading and writing audio files. Decoding of anything but this package's own packs goes through `ffmpeg`."""

from __future__ import annotations

import shutil
import subprocess
import wave
from pathlib import Path

import numpy as np

from .constants import SAMPLE_RATE


class AudioError(Exception):
    """A file could not be read or a needed program is missing."""


def decode(path: Path, channels: int = 2, stream: int = 0, rate: int = SAMPLE_RATE) -> np.ndarray:
    """Audio of one stream as float32 [channels, samples]. Raises AudioError."""
    if shutil.which("ffmpeg") is None:
        raise AudioError("ffmpeg is not installed")
    command = ["ffmpeg", "-v", "error", "-nostdin", "-i", f"file:{path}", "-map", f"0:a:{stream}"]
    command += ["-f", "f32le", "-ac", str(channels), "-ar", str(rate), "-"]
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode != 0:
        raise AudioError(f"{path}: {done.stderr.decode(errors='replace').strip()}")
    return np.frombuffer(done.stdout, np.float32).reshape(-1, channels).T


def encode_opus(samples: np.ndarray, path: Path, kilobits: int) -> None:
    """Writes float32 [channels, samples] at `SAMPLE_RATE` as Ogg Opus. Raises AudioError."""
    command = ["ffmpeg", "-v", "error", "-nostdin", "-y", "-f", "f32le", "-ar", str(SAMPLE_RATE)]
    command += ["-ac", str(samples.shape[0]), "-i", "-", "-c:a", "libopus", "-b:a", f"{kilobits}k", str(path)]
    data = np.ascontiguousarray(samples.T, np.float32).tobytes()
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    if done.returncode != 0:
        raise AudioError(f"{path}: {done.stderr.decode(errors='replace').strip()}")


def write_wav(path: Path, samples: np.ndarray) -> None:
    """Writes float [channels, samples] as 16-bit WAV, clipped."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(samples.shape[0])
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(to_int16(samples).T.tobytes())


def to_int16(samples: np.ndarray) -> np.ndarray:
    return np.round(np.clip(samples, -1, 32767 / 32768) * 32768).astype(np.int16)


def count_channels(path: Path) -> int:
    """Channels of a file's first audio stream; 0 when it has none."""
    command = ["ffprobe", "-v", "error", "-select_streams", "a:0", "-show_entries", "stream=channels"]
    done = subprocess.run([*command, "-of", "csv=p=0", str(path)], capture_output=True, check=False)
    return int(done.stdout.split()[0] or 0) if done.stdout.split() else 0


def count_streams(path: Path) -> int:
    """Audio streams of a file; a .stem.mp4 has five."""
    command = ["ffprobe", "-v", "error", "-select_streams", "a", "-show_entries", "stream=index"]
    done = subprocess.run([*command, "-of", "csv=p=0", str(path)], capture_output=True, check=False)
    return len(done.stdout.split())
