"""The feature space of the evaluation, fixed and without training: soft colour at 8 x 8 and oriented edges
(histograms of gradients, Dalal and Triggs 2005) at 8 x 8 cells of a 64-pixel picture."""
from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor

_YCC = torch.tensor([[0.299, 0.587, 0.114], [-0.169, -0.331, 0.5], [0.5, -0.419, -0.081]])
BINS = 8
EDGES = slice(0, BINS * 8 * 8)


def features(rgb: Tensor) -> Tensor:
    """rgb [n, 3, 64, 64] in 0..1 -> [n, d]: edges first, then colour."""
    ycc = torch.einsum("ij,njhw->nihw", _YCC, rgb)
    soft = F.avg_pool2d(F.pad(ycc, (1, 1, 1, 1), mode="replicate"), 3, 1)
    dx = F.pad(soft[..., 1:] - soft[..., :-1], (0, 1))
    dy = F.pad(soft[..., 1:, :] - soft[..., :-1, :], (0, 0, 0, 1))
    strength = (dx.square() + dy.square()).sqrt()
    strongest = strength.argmax(1, keepdim=True)  # Y, Cb or Cr: recoloured pictures keep their edges
    m, gx, gy = (t.gather(1, strongest)[:, 0] for t in (strength, dx, dy))
    angle = torch.atan2(gy, gx) % math.pi / math.pi * BINS
    cells = torch.stack([m * (1 - (torch.remainder(angle - b + BINS / 2, BINS) - BINS / 2).abs()).clamp_min(0) for b in range(BINS)], 1)
    cells = F.avg_pool2d(F.avg_pool2d(cells, 4), 3, 2, 1)  # overlapping cells of 12 pixels
    edges = cells.flatten(1).sqrt()
    edges = edges / edges.norm(dim=1, keepdim=True).clamp_min(1e-6)
    shades = F.avg_pool2d(ycc, 8) * torch.tensor([1.0, 2.0, 2.0]).view(1, 3, 1, 1)
    return torch.cat([edges, 0.15 * shades.flatten(1)], 1)
