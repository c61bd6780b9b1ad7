"""First word vectors from the pictures themselves: a name's vectors add up to its average look, reduced by PCA.

With little computing time this spares the model from meeting each name hundreds of times before the word means anything.
"""
from __future__ import annotations

import torch
from torch import Tensor

from . import compose
from .pictures import Pictures
from .scenes import Scene
from .tokens import Tokenizer
from .vae import patch_colour

SPREAD = 0.3  # deviation of the vectors; words without pictures start at 0.05


def word_vectors(data: Pictures, tokenizer: Tokenizer, used: list[int], width: int) -> Tensor:
    row = {token: i for i, token in enumerate(used)}
    each, of = [], []
    for i, name in enumerate(data.names):
        for p in [p for p in data.by_name[name] if not p.tone and p.style in ("flat", "cartoon", "3d")] or data.by_name[name][:1]:
            x = torch.from_numpy(compose.draw(data, Scene((p,), "white"))).permute(2, 0, 1)[None] / 127.5 - 1
            each.append(patch_colour(x, 8).flatten())
            of.append(i)
    pictures, owner = torch.stack(each), torch.tensor(of)
    sums = torch.zeros(len(data.names), pictures.shape[1]).index_add(0, owner, pictures)
    looks = sums / torch.bincount(owner, minlength=len(data.names))[:, None]
    looks = looks - looks.mean(0)
    u, s, _ = torch.linalg.svd(looks, full_matrices=False)
    looks = u[:, :width] * s[:width].sqrt()  # half-whitened: outlines weigh more than they would
    counts = torch.zeros(len(data.names), len(used))
    for i, name in enumerate(data.names):
        for token in tokenizer.ids(name):
            counts[i, row[token]] += 1
    gram = counts @ counts.T + 0.3 * torch.eye(len(counts))  # ridge regression in its dual form
    vectors = counts.T @ torch.linalg.solve(gram, looks)
    known = counts.sum(0) > 0
    vectors = vectors * (SPREAD / vectors[known].std())
    return torch.where(known[:, None], vectors, 0.05 * torch.randn_like(vectors))
