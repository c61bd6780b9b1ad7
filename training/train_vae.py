"""Trains the autoencoder.  python train_vae.py --work FOLDER --minutes 20 [--config cpu64] [--part decoder | encoder]

A UNet learns AutoencoderKL.latent() of the snapshot that `all` leaves. Afterwards `decoder` goes on with decoding those
latents and `encoder` teaches the encoder to give them without help; the latents themselves stay as they are.
"""
from __future__ import annotations

import argparse
import copy
import math
import random
import time
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from miniatura import compose, pictures, runtime
from miniatura.config import CONFIGS
from miniatura.scenes import SceneSampler
from miniatura.vae import AutoencoderKL, patch_colour

KL_WEIGHT = 1e-5
DECODER_NOISE = 0.05  # of each channel's deviation: the UNet's latents will not be exact
# luma and chroma; colours would collapse if a mean over RGB were all that counted
_YCC = torch.tensor([[0.299, 0.587, 0.114], [-0.169, -0.331, 0.5], [0.5, -0.419, -0.081]])


def edges(x: Tensor) -> tuple[Tensor, Tensor]:
    return x[..., 1:, :] - x[..., :-1, :], x[..., :, 1:] - x[..., :, :-1]


def reconstruction_loss(y: Tensor, x: Tensor) -> Tensor:
    d = torch.einsum("ij,njhw->nihw", _YCC.to(x), y - x) * torch.tensor([1.0, 1.5, 1.5]).to(x).view(1, 3, 1, 1)
    loss = d.abs().mean() + 4 * d.square().mean()
    loss = loss + 0.5 * sum((a - b).abs().mean() for a, b in zip(edges(y), edges(x)))
    return loss + torch.nn.functional.avg_pool2d(d, 4).abs().mean()


def colour_hint(latent: Tensor, x: Tensor) -> Tensor:
    """Three of the latent channels stay near the colour of their patch: without this the third axis of colour comes last."""
    return (latent[:, :3] - patch_colour(x, latent.shape[-1])).square().mean()


def batch(data: pictures.Pictures, sampler: SceneSampler, rng: random.Random, size: int) -> Tensor:
    """Scenes as the UNet sees them and, for a fifth, moved and on any background."""
    images = []
    for _ in range(size):
        scene, shift, colour = sampler.draw(), (0, 0), None
        if rng.random() < 0.2:
            shift = rng.randint(-8, 8), rng.randint(-8, 8)
            colour = np.array([rng.randint(0, 255) for _ in range(3)], np.float32) if rng.random() < 0.5 else None
        images.append(compose.draw(data, scene, shift, colour))
    return torch.from_numpy(np.stack(images)).permute(0, 3, 1, 2) / 127.5 - 1


def main() -> None:
    args = argparse.ArgumentParser()
    args.add_argument("--work", type=Path, required=True)
    args.add_argument("--config", default="cpu64", choices=CONFIGS)
    args.add_argument("--minutes", type=float, default=20)
    args.add_argument("--workers", type=int, default=2)
    args.add_argument("--part", default="all", choices=("all", "decoder", "encoder"))
    args.add_argument("--seed", type=int, default=0)
    runtime.launch(train, args.parse_args())


def train(rank: int, opt: argparse.Namespace) -> None:
    cfg, device = CONFIGS[opt.config], runtime.start(opt.seed)
    data = pictures.load(opt.work)
    model = AutoencoderKL(cfg.vae_width, cfg.vae_mult, cfg.vae_depth).to(device, memory_format=torch.channels_last)
    file, elapsed, step = opt.work / "vae.pt", 0.0, 0
    optimizer = torch.optim.AdamW(model.parameters(), cfg.vae_lr, betas=(0.9, 0.99), weight_decay=1e-3, fused=True)
    average = runtime.Average(model, 0.998)
    saved = torch.load(file, map_location=device, weights_only=False) if file.exists() else None
    if saved:
        model.load_state_dict(saved["model" if opt.part == "all" else "average"])
        average = average.load(saved["average"]) if opt.part == "all" else runtime.Average(model, 0.998)
    if opt.part != "all":
        teacher = copy.deepcopy(model).requires_grad_(False)
        file, saved = opt.work / f"vae-{opt.part}.pt", None
        if file.exists():
            saved = torch.load(file, map_location=device, weights_only=False)
            model.load_state_dict(saved["model"])
            average.load(saved["average"])
        encoding, decoding = (model.encoder, model.quant_conv), (model.decoder, model.post_quant_conv)
        for module in encoding if opt.part == "decoder" else decoding:
            module.requires_grad_(False)
    if saved:
        optimizer.load_state_dict(saved["optimizer"])
        elapsed, step = saved["elapsed"], saved["step"]
    seed = opt.seed + 1000 * step + rank
    torch.manual_seed(seed)
    sampler, rng = SceneSampler(data, seed), random.Random(seed)
    start, saved_at, error = time.time() - elapsed, time.time(), None
    if rank == 0:
        print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters", flush=True)
    while elapsed < opt.minutes * 60:
        done = elapsed / (opt.minutes * 60)
        lr = cfg.vae_lr * min(1, (step + 1) / 100) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * done)))
        for group in optimizer.param_groups:
            group["lr"] = lr * (1 if opt.part == "all" else 0.6)
        x = batch(data, sampler, rng, cfg.vae_batch).to(device).contiguous(memory_format=torch.channels_last)
        with torch.autocast(device.type, torch.bfloat16):
            if opt.part == "all":
                mean, logvar = (v.float() for v in model.moments(x))
                y = model.decode(mean + torch.randn_like(mean) * (0.5 * logvar).exp()).float()
                kl = 0.5 * (mean.square() + logvar.exp() - 1 - logvar).mean()
                loss = reconstruction_loss(y, x) + KL_WEIGHT * kl + 0.15 * colour_hint(mean, x)
            elif opt.part == "decoder":
                mean = teacher.latent(x)
                y = model.decode(mean + torch.randn_like(mean) * DECODER_NOISE * mean.std((0, 2, 3), keepdim=True)).float()
                loss = reconstruction_loss(y, x)
            else:
                y, x = model.moments(x)[0].float(), teacher.latent(x)
                loss = ((y - x) / x.std((0, 2, 3), keepdim=True)).square().mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step += 1
        elapsed = runtime.meet(model, step, elapsed if step % runtime.AVERAGE_EVERY else time.time() - start)
        if rank:
            continue
        average.update(model)
        mse = (x - y).square().mean().item()
        error = mse if error is None else 0.98 * error + 0.02 * mse
        if step % 100 == 0:
            print(f"{step} {elapsed:.0f} s, {'mean square' if opt.part == 'encoder' else 'PSNR'} "
                  f"{error if opt.part == 'encoder' else 10 * math.log10(4 / error):.3f}, "
                  f"{step * cfg.vae_batch * opt.workers / elapsed:.1f} pictures/s", flush=True)
        if time.time() - saved_at > 150:
            runtime.save(file, model=model, average=average, optimizer=optimizer, elapsed=elapsed, step=step)
            saved_at = time.time()
    if rank == 0:
        runtime.save(file, model=model, average=average, optimizer=optimizer, elapsed=elapsed, step=step)


if __name__ == "__main__":
    main()
