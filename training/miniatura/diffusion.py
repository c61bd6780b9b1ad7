"""SD 1's noise schedule, the training loss and DPM++ 2M with Karras' steps."""
from __future__ import annotations

from typing import Callable

import torch
from torch import Tensor

STEPS = 1000


def alphas_cumprod() -> Tensor:
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, STEPS, dtype=torch.float64) ** 2
    return torch.cumprod(1 - betas, 0).float()


def loss_weight(t: Tensor, alphas: Tensor, low: float = 5.0, high: float = 25.0) -> Tensor:
    """Of the squared error of the noise.  The picture's error, noise error / SNR, weighs min(SNR + 1, low): at high noise, where
    words decide what is drawn, errors of the noise are tiny and would hardly count (Hang et al. 2023, arXiv:2303.09556; its weight
    for predicted noise starts at SNR instead).  `high` bounds the weight where a small error of the noise is a large one."""
    snr = alphas[t] / (1 - alphas[t])
    return ((snr + 1).clamp_max(low) / snr).clamp_max(high)


def stratified_steps(n: int, device: torch.device) -> Tensor:
    """One time step from each n-th of the schedule, so that batches vary less (Kingma et al. 2021, arXiv:2107.00630); three
    of four lean to high noise, where words decide what is drawn."""
    u = (torch.arange(n, device=device) + torch.rand(n, device=device)) / n
    u = torch.where(torch.rand(n, device=device) < 0.75, u.sqrt(), u)
    return (u * STEPS).long().clamp_max(STEPS - 1)


def offset_noise(like: Tensor, strength: float = 0.1) -> Tensor:
    """Noise whose mean varies, since SD 1's last step still shows a picture's mean colour (Guttenberg 2023)."""
    return torch.randn_like(like) + strength * torch.randn(*like.shape[:2], 1, 1, device=like.device)


def karras_sigmas(n: int, alphas: Tensor, rho: float = 7.0) -> Tensor:
    sigmas = ((1 - alphas) / alphas).sqrt()
    low, high = sigmas[0].item(), sigmas[-1].item()
    ramp = torch.linspace(0, 1, n)
    return torch.cat([(high ** (1 / rho) + ramp * (low ** (1 / rho) - high ** (1 / rho))) ** rho, torch.zeros(1)])


def step_of_sigma(sigma: float, alphas: Tensor) -> float:
    """Fractional time step, linear in log sigma, as k-diffusion's sigma_to_t."""
    table = ((1 - alphas) / alphas).sqrt().log()
    x = torch.tensor(sigma).log()
    low = int((table <= x).sum().clamp(1, STEPS - 1)) - 1
    weight = ((x - table[low]) / (table[low + 1] - table[low])).clamp(0, 1)
    return float(low + weight)


@torch.no_grad()
def dpmpp_2m(eps: Callable[[Tensor, Tensor], Tensor], noise: Tensor, steps: int = 20) -> Tensor:
    """`eps(x, t)` sees x scaled to unit variance (Lu et al. 2022, arXiv:2211.01095); `noise` has deviation 1."""
    alphas = alphas_cumprod()
    sigmas = karras_sigmas(steps, alphas)
    x, old = noise * sigmas[0], None
    for i in range(steps):
        sigma, following = sigmas[i].item(), sigmas[i + 1].item()
        t = torch.full((len(x),), step_of_sigma(sigma, alphas), device=x.device)
        denoised = x - sigma * eps(x / (sigma**2 + 1) ** 0.5, t)
        if following == 0:
            return denoised
        h = torch.log(torch.tensor(sigma / following)).item()
        if old is None:
            mixed = denoised
        else:
            r = torch.log(sigmas[i - 1] / sigmas[i]).item() / h
            mixed = (1 + 1 / (2 * r)) * denoised - 1 / (2 * r) * old
        x, old = following / sigma * x - torch.expm1(torch.tensor(-h)).item() * mixed, denoised
    return x
