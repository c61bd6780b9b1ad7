"""What both trainings share: device, seeds, a moving average of the weights, snapshots."""
from __future__ import annotations

import os
from pathlib import Path
from typing import Callable

import torch
import torch.distributed as dist
from torch import Tensor, nn

AVERAGE_EVERY = 8


def launch(train: Callable, opt) -> None:
    """One process on a GPU; on CPU one single-threaded process a core, whose weights are averaged every few steps
    (local SGD, Stich 2018, arXiv:1805.09767): no waiting inside operators, so a shared machine hurts less."""
    if torch.cuda.is_available() or opt.workers == 1:
        return train(0, opt)
    (opt.work / "meeting").unlink(missing_ok=True)
    torch.multiprocessing.spawn(_worker, (train, opt), opt.workers)


def _worker(rank: int, train: Callable, opt) -> None:
    os.setsid()  # each worker counts as a job of its own where the kernel shares time by session
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{(opt.work / 'meeting').resolve()}", rank=rank, world_size=opt.workers)
    train(rank, opt)
    dist.destroy_process_group()


def start(seed: int) -> torch.device:
    torch.manual_seed(seed)
    return torch.device("cuda" if torch.cuda.is_available() else "cpu")


def wait() -> None:
    """Until all workers are here."""
    if dist.is_initialized():
        dist.barrier()


@torch.no_grad()
def meet(model: nn.Module, step: int, elapsed: float = 0.0) -> float:
    """Every few steps: averages weights over the workers and agrees on the time."""
    if not dist.is_initialized() or step % AVERAGE_EVERY:
        return elapsed
    if os.getppid() == 1:
        raise SystemExit("the starting process is gone")
    parts = [p.data for p in model.parameters() if p.requires_grad]
    flat = torch.cat([p.flatten() for p in parts] + [torch.tensor([elapsed])])
    dist.all_reduce(flat)
    flat /= dist.get_world_size()
    for p, new in zip(parts, flat.split([p.numel() for p in parts] + [1])):
        p.copy_(new.view_as(p))
    return flat[-1].item()


class Average:
    """Exponential moving average, shorter at the start (as in Karras et al. 2022's warm-up)."""

    def __init__(self, model: nn.Module, decay: float) -> None:
        self.decay, self.step = decay, 0
        self.weights: dict[str, Tensor] = {k: v.detach().clone() for k, v in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: nn.Module) -> None:
        self.step += 1
        decay = min(self.decay, (1 + self.step) / (10 + self.step))
        state = model.state_dict()
        torch._foreach_lerp_(list(self.weights.values()), [state[k] for k in self.weights], 1 - decay)

    def load(self, weights: dict[str, Tensor]) -> "Average":
        self.weights, self.step = weights, 10**6
        return self


def save(file: Path, **parts: object) -> None:
    """Writes whole or not at all."""
    state = {k: v.state_dict() if hasattr(v, "state_dict") else v.weights if isinstance(v, Average) else v for k, v in parts.items()}
    fresh = file.with_suffix(".tmp")
    torch.save(state, fresh)
    os.replace(fresh, file)
