"""Standard MIDI files (RP-001) as lists of notes in seconds."""

from __future__ import annotations

import struct
from pathlib import Path

DRUM_CHANNEL = 9


def _variable(data: bytes, at: int) -> tuple[int, int]:
    value = 0
    while True:
        byte = data[at]
        at += 1
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, at


def _events(track: bytes) -> list[tuple[int, int, int, int]]:
    """(tick, status, a, b) of channel messages; tempo changes as (tick, 0xFF, µs a quarter note, 0)."""
    events = []
    at = tick = status = 0
    while at < len(track):
        delta, at = _variable(track, at)
        tick += delta
        if track[at] >= 0x80:
            status = track[at]
            at += 1
        if status == 0xFF:
            kind = track[at]
            size, at = _variable(track, at + 1)
            if kind == 0x51 and size == 3:
                events.append((tick, 0xFF, int.from_bytes(track[at : at + 3], "big"), 0))
            at += size
        elif status in (0xF0, 0xF7):
            size, at = _variable(track, at)
            at += size
        elif status & 0xF0 in (0xC0, 0xD0):
            events.append((tick, status, track[at], 0))
            at += 1
        else:
            events.append((tick, status, track[at], track[at + 1]))
            at += 2
    return events


def read_midi(path: Path) -> dict | None:
    """{"beat": seconds of the first quarter note, "notes": [[start s, duration s, note, velocity, channel,
    program], …]} sorted by start; None when the file is damaged or has no notes."""
    try:
        notes, beat = _read(path.read_bytes())
    except (IndexError, struct.error):
        return None
    return {"beat": round(beat, 5), "notes": notes} if notes else None


def _read(data: bytes) -> tuple[list[list[float]], float]:
    if data[:4] != b"MThd":
        return [], 0.5
    division = struct.unpack_from(">H", data, 12)[0]
    if division & 0x8000:
        return [], 0.5
    at = 8 + struct.unpack_from(">I", data, 4)[0]
    events = []
    while at + 8 <= len(data):
        size = struct.unpack_from(">I", data, at + 4)[0]
        if data[at : at + 4] == b"MTrk":
            events += _events(data[at + 8 : at + 8 + size])
        at += 8 + size
    # A stable sort by tick keeps a track's order and puts tempo changes of track 0 first.
    events.sort(key=lambda event: event[0])
    return _notes(events, division)


def _notes(events: list[tuple[int, int, int, int]], division: int) -> tuple[list[list[float]], float]:
    tempo = 0.5
    first: float | None = None
    seconds = 0.0
    last = 0
    programs = [0] * 16
    sounding: dict[tuple[int, int], tuple[float, int, int]] = {}
    notes: list[list[float]] = []
    for tick, status, a, b in events:
        seconds += (tick - last) / division * tempo
        last = tick
        if status == 0xFF:
            tempo = a / 1e6
            first = tempo if first is None else first
            continue
        kind, channel = status & 0xF0, status & 0x0F
        if kind == 0xC0:
            programs[channel] = a
        if kind in (0x80, 0x90):
            started = sounding.pop((channel, a), None)
            if started:
                begin, velocity, program = started
                notes.append(
                    [round(begin, 4), round(seconds - begin, 4), a, velocity, channel, program]
                )
            if kind == 0x90 and b:
                sounding[channel, a] = (seconds, b, programs[channel])
    notes.sort()
    return notes, first or 0.5
