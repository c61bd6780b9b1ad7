"""Trains text encoder and UNet together on latents.  python train_unet.py --work FOLDER --minutes 80 [--config cpu64]

Resumes from its last snapshot.  The learning rate falls to nothing at --minutes of training time.
"""
from __future__ import annotations

import argparse
import math
import time
from pathlib import Path

import torch
from torch import nn

from miniatura import pictures, runtime
from miniatura.config import CONFIGS, Config
from miniatura.diffusion import alphas_cumprod, min_snr_weight, offset_noise, stratified_steps
from miniatura.pool import Pool, latent_statistics, used_ids
from miniatura.text import TextModel
from miniatura.tokens import Tokenizer
from miniatura.unet import UNet
from miniatura.vae import AutoencoderKL
from miniatura.words import word_vectors

TIMES = 2  # time steps for each caption of a batch: the text is encoded once
DROPPED = 0.1  # captions replaced by none, for guidance (Ho and Salimans 2022, arXiv:2207.12598)
REUSE = 8  # times a latent is used, on average, before the pool replaces it


class Model(nn.Module):
    def __init__(self, cfg: Config, used: list[int]) -> None:
        super().__init__()
        self.text = TextModel(cfg.text_width, cfg.text_layers, used)
        self.unet = UNet(cfg.unet_width, cfg.unet_mult, cfg.unet_depth, cfg.unet_attention, cfg.text_width)


def load_vae(work: Path, cfg: Config, device: torch.device) -> AutoencoderKL:
    vae = AutoencoderKL(cfg.vae_width, cfg.vae_mult, cfg.vae_depth)
    vae.load_state_dict(torch.load(work / "vae.pt", map_location="cpu", weights_only=False)["average"])
    return vae.to(device, memory_format=torch.channels_last).requires_grad_(False)


def main() -> None:
    args = argparse.ArgumentParser()
    args.add_argument("--work", type=Path, required=True)
    args.add_argument("--config", default="cpu64", choices=CONFIGS)
    args.add_argument("--minutes", type=float, default=80)
    args.add_argument("--workers", type=int, default=2)
    args.add_argument("--seed", type=int, default=0)
    runtime.launch(train, args.parse_args())


def train(rank: int, opt: argparse.Namespace) -> None:
    cfg, device = CONFIGS[opt.config], runtime.start(opt.seed)
    data, tokenizer = pictures.load(opt.work), Tokenizer(opt.work)
    vae, used = load_vae(opt.work, cfg, device), used_ids(data, tokenizer)
    model = Model(cfg, used).to(device, memory_format=torch.channels_last)
    words = model.text.embeddings.token_embedding.weight
    rest = [p for p in model.parameters() if p is not words]
    optimizer = torch.optim.AdamW([{"params": rest, "scale": 1.0}, {"params": [words], "scale": 3.0, "weight_decay": 0.0}],
                                  cfg.lr, betas=(0.9, 0.99), weight_decay=0.01, fused=True)
    average, file, elapsed, step, seen = runtime.Average(model, 0.98), opt.work / "unet.pt", 0.0, 0, 0
    if file.exists():
        saved = torch.load(file, map_location=device, weights_only=False)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        average.load(saved["average"])
        elapsed, step, mean, std, seen = (saved[k] for k in ("elapsed", "step", "mean", "std", "seen"))
    else:
        mean, std = latent_statistics(vae, data, opt.seed)
        words.data.copy_(word_vectors(data, tokenizer, used, cfg.text_width))
    alphas, null = alphas_cumprod().to(device), torch.tensor([tokenizer.encode("")], device=device)
    seed = opt.seed + 1000 * step + rank
    torch.manual_seed(seed)
    pool = Pool(vae, data, tokenizer, cfg.pool, seed, simple=0.85)
    pool.add(256)
    scenes, every = cfg.batch // TIMES, 16
    start, saved_at, shown = time.time() - elapsed, time.time(), 0.0
    if rank == 0:
        print(f"UNet {sum(p.numel() for p in model.unet.parameters()) / 1e6:.2f} M, text layers "
              f"{sum(p.numel() for p in model.text.encoder.parameters()) / 1e6:.2f} M, {len(used)} tokens, step {step}", flush=True)
    while elapsed < opt.minutes * 60:
        done = elapsed / (opt.minutes * 60)
        lr = cfg.lr * min(1, (step + 1) / 200) * min(1, max(0.0, 1.02 - done) / 0.4)  # flat, then falling to nothing
        for group in optimizer.param_groups:
            group["lr"] = lr * group["scale"]
        if step % every == 0:
            pool.add(every * scenes * TIMES // REUSE)
        latents, ids = pool.draw(scenes)
        z = ((latents.to(device) - mean.view(1, -1, 1, 1)) / std.view(1, -1, 1, 1)).repeat(TIMES, 1, 1, 1)
        t = stratified_steps(len(z), device)[torch.randperm(len(z), device=device)]
        noise, a = offset_noise(z), alphas[t].view(-1, 1, 1, 1)
        noisy = (a.sqrt() * z + (1 - a).sqrt() * noise).contiguous(memory_format=torch.channels_last)
        of = torch.arange(len(z), device=device) % scenes
        of[torch.rand(len(z), device=device) < DROPPED] = scenes  # the row of the empty caption
        with torch.autocast(device.type, torch.bfloat16):
            context = model.text(torch.cat([ids.to(device), null]))
            eps = model.unet(noisy, t, context[of]).float()
        error = (eps - noise).square().mean((1, 2, 3))
        loss = (min_snr_weight(t, alphas) * error).mean()
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        step, seen = step + 1, seen + cfg.batch * opt.workers
        elapsed = runtime.meet(model, step, elapsed if step % runtime.AVERAGE_EVERY else time.time() - start)
        if rank:
            continue
        if step % runtime.AVERAGE_EVERY == 0:
            average.update(model)
        shown += error.mean().item() / 100
        if step % 100 == 0:
            print(f"{step} {elapsed:.0f} s, error {shown:.4f}, {seen} samples, pool {len(pool.latents)}", flush=True)
            shown = 0.0
        if time.time() - saved_at > 300:
            runtime.save(file, model=model, average=average, optimizer=optimizer, elapsed=elapsed, step=step, mean=mean, std=std, seen=seen)
            saved_at = time.time()
    if rank == 0:
        runtime.save(file, model=model, average=average, optimizer=optimizer, elapsed=elapsed, step=step, mean=mean, std=std, seen=seen)


if __name__ == "__main__":
    main()
