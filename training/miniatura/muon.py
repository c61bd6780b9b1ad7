"""Muon (Jordan et al. 2024, kellerjordan.github.io/posts/muon): momentum whose update of a matrix has all its singular values near
one, so that what is rare in a batch, a name's look say, is learnt about as fast as what is common.  Convolutions count as
matrices of [out, in * k * k]; the step's size follows Adam's (Liu et al. 2025, arXiv:2502.16982)."""
from __future__ import annotations

from collections import defaultdict
from typing import Iterable

import torch
from torch import Tensor, nn


def orthogonalised(g: Tensor, steps: int = 5) -> Tensor:
    """[n, rows, columns], rows <= columns: U V^T of each, roughly, by Newton and Schulz' iteration in bf16."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g.bfloat16()
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        y = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(y, y, y, beta=b, alpha=c), x, beta=a)
    return x


class Muon(torch.optim.Optimizer):
    def __init__(self, params: Iterable[nn.Parameter], lr: float, momentum: float = 0.95, weight_decay: float = 0.01) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self) -> None:
        for group in self.param_groups:
            alike: dict[tuple[int, int], list[nn.Parameter]] = defaultdict(list)
            for p in group["params"]:
                alike[len(p), p[0].numel()].append(p)
            for (rows, columns), params in alike.items():
                momenta = [self.state[p].setdefault("momentum", torch.zeros_like(p)) for p in params]
                grads = [p.grad for p in params]
                torch._foreach_lerp_(momenta, grads, 1 - group["momentum"])
                update = torch.stack([m.lerp(g, 1 - group["momentum"]).reshape(rows, columns) for m, g in zip(momenta, grads)])
                update = orthogonalised(update) if rows <= columns else orthogonalised(update.mT).mT
                size = group["lr"] * 0.2 * max(rows, columns) ** 0.5
                for p, u in zip(params, update):
                    p.mul_(1 - group["lr"] * group["weight_decay"]).add_(u.float().reshape(p.shape), alpha=-size)


def split(model: nn.Module, besides: set[str]) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """The matrices inside the model, and the rest: vectors, embeddings and the modules named by `besides`."""
    inner, rest = [], []
    for name, p in model.named_parameters():
        (inner if p.ndim > 1 and not any(b in name for b in besides) else rest).append(p)
    return inner, rest
