"""What in the features counts: directions that wear (softness, mottle, tint, small shifts) changes much weigh little.

Nearest neighbour under the covariance of wear is the likeliest picture if wear adds Gaussian noise to the features."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor


def worn(rgb: Tensor, generator: torch.Generator) -> Tensor:
    """rgb [n, 3, edge, edge] in 0..1, changed as drawing changes a picture: shifts up to 2 pixels, softness, contrast, tint, mottle."""
    n, edge = len(rgb), rgb.shape[-1]

    def rand(*shape: int) -> Tensor:
        return torch.rand(shape, generator=generator)

    wide = F.pad(rgb, (2, 2, 2, 2), mode="replicate")
    shifts = torch.randint(0, 5, (n, 2), generator=generator).tolist()
    x = torch.stack([wide[i, :, dy:dy + edge, dx:dx + edge] for i, (dy, dx) in enumerate(shifts)])
    soft = _soften(x)
    which = rand(n, 1, 1, 1)
    x = torch.where(which < 0.3, x, torch.where(which < 0.7, soft, _soften(soft)))
    x = 0.5 + (x - 0.5) * (0.85 + 0.3 * rand(n, 1, 1, 1)) + 0.06 * (rand(n, 3, 1, 1) - 0.5)
    mottle = F.interpolate(torch.randn((n, 3, edge // 4, edge // 4), generator=generator), (edge, edge), mode="bilinear")
    return (x + 0.06 * rand(n, 1, 1, 1) * mottle).clamp(0, 1)


def _soften(x: Tensor) -> Tensor:
    return F.avg_pool2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), 3, 1)


def whitening(changes: Tensor, shrink: float = 0.1) -> Tensor:
    """[n, d] differences of features -> [d, d]; multiplying features by it makes wear alike in all directions.  `shrink` mixes in a
    multiple of the identity of the same size, since n is not many times d."""
    covariance = changes.T @ changes / len(changes)
    size = covariance.diagonal().mean()
    values, vectors = torch.linalg.eigh((1 - shrink) * covariance + shrink * size * torch.eye(len(covariance)))
    return vectors * (size / values).sqrt() @ vectors.T
