"""GroupNorm with an optional SiLU: a small C++ kernel for channels-last bf16 on CPU, where PyTorch's own is 10 x slower."""
from __future__ import annotations

import ctypes
import hashlib
import os
import subprocess
from functools import cache
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn


@cache
def _kernel() -> ctypes.CDLL:
    source = Path(__file__).with_name("fastnorm.cpp")
    folder = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "miniatura"
    library = folder / f"fastnorm-{hashlib.sha256(source.read_bytes()).hexdigest()[:12]}.so"
    if not library.exists():
        folder.mkdir(parents=True, exist_ok=True)
        fresh = library.with_suffix(f".{os.getpid()}")
        subprocess.run(["g++", "-shared", "-fPIC", "-O3", "-march=native", "-ffast-math", str(source), "-o", str(fresh), "-lmvec", "-lm"], check=True)
        fresh.rename(library)
    return ctypes.CDLL(str(library))


def _address(t: Tensor) -> ctypes.c_void_p:
    return ctypes.c_void_p(t.data_ptr())


def _sizes(*values: int) -> list[ctypes.c_int64]:
    return [ctypes.c_int64(v) for v in values]


class _Norm(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x: Tensor, weight: Tensor, bias: Tensor, groups: int, eps: float, silu: bool) -> Tensor:
        n, c, h, w = x.shape
        y, stats = torch.empty_like(x), torch.empty(4, n, c)
        _kernel().forward(*map(_address, (x, y, stats, weight, bias)), *_sizes(n, h * w, c, groups), ctypes.c_double(eps), ctypes.c_bool(silu))
        ctx.save_for_backward(x, stats, weight)
        ctx.groups, ctx.silu = groups, silu
        return y

    @staticmethod
    def backward(ctx, grad: Tensor):
        x, stats, weight = ctx.saved_tensors
        n, c, h, w = x.shape
        grad = grad.to(x.dtype).contiguous(memory_format=torch.channels_last)
        dx, sums = torch.empty_like(x), torch.zeros(2, n, c)
        _kernel().backward(*map(_address, (grad, x, dx, stats, sums, weight)), *_sizes(n, h * w, c, ctx.groups), ctypes.c_bool(ctx.silu))
        return dx, sums[1].sum(0), sums[0].sum(0), None, None, None


class FastGroupNorm(nn.GroupNorm):
    """Drop-in GroupNorm; `silu=True` fuses the activation that follows."""

    def forward(self, x: Tensor, silu: bool = False) -> Tensor:
        if x.device.type == "cpu" and x.dtype == torch.bfloat16:
            x = x.contiguous(memory_format=torch.channels_last)
            return _Norm.apply(x, self.weight, self.bias, self.num_groups, self.eps, silu)
        y = F.group_norm(x, self.num_groups, self.weight.to(x.dtype), self.bias.to(x.dtype), self.eps)
        return F.silu(y) if silu else y
