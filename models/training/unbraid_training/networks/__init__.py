"""The networks, and the presets that name one with its sizes."""

from __future__ import annotations

from torch import nn

from .bandsplit import BandSplit
from .unet import RowUNet, UNet

# Rows divide by 2 ** (levels - 1). Single bins where the harmonics of low voices lie, to 1.4 and 2.7 kHz.
FAST_ROWS = ((1, 128), (4, 64), (26, 64))
UNET_ROWS = ((1, 256), (4, 64), (12, 128))
# Bands for the recurrent network: 43 Hz to 0.7 kHz, then wider and wider; 64 bands.
BANDS = ((4, 16), (8, 16), (16, 16), (64, 9), (128, 6), (256, 1))

PRESETS: dict[str, dict] = {
    "fast": {
        "network": "row-unet",
        "groups": FAST_ROWS,
        "widths": (12, 32, 56, 96),
        "dense": (0, 32, 32, 32),
    },
    "rows": {
        "network": "row-unet",
        "groups": FAST_ROWS,
        "widths": (24, 64, 112, 192),
        "dense": (0, 64, 64, 64),
    },
    "unet": {
        "network": "unet",
        "groups": UNET_ROWS,
        "widths": (32, 72, 136, 224),
        "dense": (0, 64, 56, 56),
        "mask": "complex",
    },
    "bandsplit": {
        "network": "bandsplit",
        "groups": BANDS,
        "channels": 80,
        "hidden": 96,
        "layers": 6,
        "mask": "complex",
    },
    "fast-bandsplit": {
        "network": "bandsplit",
        "groups": BANDS,
        "channels": 48,
        "hidden": 56,
        "layers": 4,
        "mask": "complex",
    },
    # For tests: the smallest of each kind.
    "tiny-unet": {
        "network": "unet",
        "groups": ((16, 64), (64, 16)),
        "widths": (4, 8),
        "dense": (0, 4),
        "mask": "softmax",
    },
    "tiny-rows": {
        "network": "row-unet",
        "groups": ((16, 64), (64, 16)),
        "widths": (4, 8),
        "dense": (0, 4),
    },
    "tiny-bandsplit": {
        "network": "bandsplit",
        "groups": ((64, 32),),
        "channels": 8,
        "hidden": 8,
        "layers": 1,
        "mask": "complex",
    },
}

_CLASSES = {"unet": UNet, "row-unet": RowUNet, "bandsplit": BandSplit}


def build(settings: dict) -> nn.Module:
    """A network from settings such as those of `PRESETS`. Raises KeyError for an unknown network."""
    options = dict(settings)
    options["groups"] = tuple(tuple(group) for group in options["groups"])
    return _CLASSES[options.pop("network")](**options)
