"""Weights of 16 bits in graphs that compute in 32: half the size, and the network that is measured is the one that ships."""

from __future__ import annotations

import copy

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn
from torch.nn.utils.fusion import fuse_conv_bn_eval

# Weights as small as this are not worth a node that widens them.
SMALL = 512


@torch.no_grad()
def round_weights(network: nn.Module) -> None:
    """Large weights to the nearest float16, so that the graph's and the network's are the same."""
    for parameter in network.parameters():
        if parameter.numel() >= SMALL:
            parameter.copy_(parameter.half().float())


def fold_norms(network: nn.Module) -> nn.Module:
    """A copy for inference whose convolutions have the norms behind them in their weights, as the export would fold them;
    rounded afterwards, they are rounded once."""
    folded = copy.deepcopy(network).eval()
    for module in folded.modules():
        if not isinstance(module, nn.Sequential):
            continue
        for at in range(len(module) - 1):
            if isinstance(module[at], nn.Conv2d) and isinstance(module[at + 1], nn.BatchNorm2d):
                module[at] = fuse_conv_bn_eval(module[at], module[at + 1])
                module[at + 1] = nn.Identity()
    return folded


def narrow(model: onnx.ModelProto) -> None:
    """float32 initialisers of `SMALL` values and more become float16, with a Cast before they are used."""
    casts = []
    for initializer in model.graph.initializer:
        values = numpy_helper.to_array(initializer)
        if values.dtype != np.float32 or values.size < SMALL or np.abs(values).max() > 65504:
            continue
        wide = initializer.name
        initializer.CopyFrom(numpy_helper.from_array(values.astype(np.float16), f"{wide}.half"))
        casts.append(helper.make_node("Cast", [f"{wide}.half"], [wide], to=TensorProto.FLOAT))
    nodes = [*casts, *model.graph.node]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
