"""Trains text encoder and UNet together on latents.  python train_unet.py --work FOLDER --samples 800000 [--config cpu64]

Resumes from its last snapshot; --from FILE starts from an exported checkpoint instead, its autoencoder taken over too.  The
learning rate is flat, then falls to nothing over the last --fall samples.
"""
from __future__ import annotations

import argparse
import time
from itertools import pairwise
from pathlib import Path

import torch
from torch import nn

from miniatura import pictures, runtime
from miniatura.config import CONFIGS, Config
from miniatura.diffusion import alphas_cumprod, loss_weight, offset_noise, stratified_steps
from miniatura.exported import autoencoder, statistics, text_and_unet
from miniatura.muon import Muon, split
from miniatura.pool import Pool, latent_statistics, used_ids
from miniatura.text import TextModel
from miniatura.tokens import Tokenizer
from miniatura.unet import UNet
from miniatura.vae import load_vae
from miniatura.words import word_vectors

TIMES = 2  # time steps for each caption of a batch: the text is encoded once
MUON = 2.0  # of the other rate
DROPPED = 0.1  # captions replaced by none, for guidance (Ho and Salimans 2022, arXiv:2207.12598)
BANDS = (600, 800, 1000)  # time steps whose pictures' error is printed: there the words decide what is drawn
SNAPSHOT = 200  # steps
REUSE = 12  # times a latent is used, on average, before the pool replaces it


class Model(nn.Module):
    def __init__(self, cfg: Config, used: list[int]) -> None:
        super().__init__()
        self.text = TextModel(cfg.text_width, cfg.text_layers, used)
        self.unet = UNet(cfg.unet_width, cfg.unet_mult, cfg.unet_depth, cfg.unet_attention, cfg.text_width)


def main() -> None:
    args = argparse.ArgumentParser()
    args.add_argument("--work", type=Path, required=True)
    args.add_argument("--config", default="cpu64", choices=CONFIGS)
    args.add_argument("--samples", type=int, default=800_000, help="in all, those of earlier runs too")
    args.add_argument("--fall", type=int, default=200_000)
    args.add_argument("--from", dest="file", type=Path, help="an exported checkpoint, where there is no snapshot")
    args.add_argument("--seen", type=int, default=0, help="samples that this checkpoint has seen")
    args.add_argument("--workers", type=int, default=2)
    args.add_argument("--seed", type=int, default=0)
    runtime.launch(train, args.parse_args())


def train(rank: int, opt: argparse.Namespace) -> None:
    cfg, device = CONFIGS[opt.config], runtime.start(opt.seed)
    data, tokenizer = pictures.load(opt.work), Tokenizer(opt.work)
    if rank == 0 and opt.file and not (opt.work / "vae.pt").exists():
        autoencoder(opt.file, opt.work / "vae.pt")
    runtime.wait()
    vae, used = load_vae(opt.work, cfg, device), used_ids(data, tokenizer)
    model = Model(cfg, used).to(device, memory_format=torch.channels_last)
    words = model.text.embeddings.token_embedding.weight
    matrices, rest = split(model, {"embeddings", "time_embed", "unet.input_blocks.0", "unet.out."})
    muon = Muon(matrices, cfg.lr)
    optimizer = torch.optim.AdamW([{"params": [p for p in rest if p is not words], "scale": 1.0}, {"params": [words], "scale": 3.0, "weight_decay": 0.0}],
                                  cfg.lr, betas=(0.9, 0.99), weight_decay=0.01, fused=True)
    average, file, elapsed, step, seen = runtime.Average(model, 0.98), opt.work / "unet.pt", 0.0, 0, 0
    if file.exists():
        saved = torch.load(file, map_location=device, weights_only=False)
        model.load_state_dict(saved["model"])
        optimizer.load_state_dict(saved["optimizer"])
        muon.load_state_dict(saved["muon"])
        average.load(saved["average"])
        elapsed, step, mean, std, seen = (saved[k] for k in ("elapsed", "step", "mean", "std", "seen"))
    elif opt.file:
        (mean, std), seen = statistics(opt.file), opt.seen
        model.load_state_dict(text_and_unet(opt.file, used))
    else:
        mean, std = latent_statistics(vae, data, opt.seed)
        words.data.copy_(word_vectors(data, tokenizer, used, cfg.text_width))
    alphas, null = alphas_cumprod().to(device), torch.tensor([tokenizer.encode("")], device=device)
    seed = opt.seed + 1000 * step + rank
    torch.manual_seed(seed)
    pool = Pool(vae, data, tokenizer, cfg.pool, seed)
    kept = opt.work / f"pool-{rank}.pt"
    if kept.exists():
        pool.load(kept)
    else:
        pool.add(cfg.pool // 4)
        pool.save(kept)
    scenes, every = cfg.batch // TIMES, 16
    last, shown, far = time.time(), 0.0, torch.zeros(2, 2)

    def save() -> None:
        runtime.save(file, model=model, average=average, optimizer=optimizer, muon=muon, elapsed=elapsed, step=step, mean=mean, std=std, seen=seen)

    if rank == 0:
        print(f"UNet {sum(p.numel() for p in model.unet.parameters()) / 1e6:.2f} M, text layers "
              f"{sum(p.numel() for p in model.text.encoder.parameters()) / 1e6:.2f} M, {len(used)} tokens, step {step}", flush=True)
    while seen < opt.samples:
        lr = cfg.lr * min(1, (step + 1) / 200) * min(1, (opt.samples - seen) / opt.fall)
        for group in optimizer.param_groups + muon.param_groups:
            group["lr"] = lr * group.get("scale", MUON)
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
        loss = (loss_weight(t, alphas) * error).mean()
        model.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        muon.step()
        step, seen = step + 1, seen + cfg.batch * opt.workers
        runtime.meet(model, step)
        elapsed, last = elapsed + time.time() - last, time.time()
        if step % SNAPSHOT == 0:
            pool.save(kept)
        if rank:
            continue
        if step % runtime.AVERAGE_EVERY == 0:
            average.update(model)
        shown += error.detach().mean().item() / 100
        picture = error.detach() * (1 - alphas[t]) / alphas[t]
        for i, band in enumerate((t >= low) & (t < high) for low, high in pairwise(BANDS)):
            far[i] += torch.stack([picture[band].sum(), band.sum()]).cpu()
        if step % 100 == 0:
            print(f"{step} {elapsed:.0f} s, error {shown:.4f}, of the picture at high noise {far[0, 0] / far[0, 1]:.3f} {far[1, 0] / far[1, 1]:.3f}, "
                  f"{seen} samples, pool {len(pool.latents)}", flush=True)
            shown, far = 0.0, torch.zeros(2, 2)
        if step % SNAPSHOT == 0:
            save()
    pool.save(kept)
    if rank == 0:
        save()


if __name__ == "__main__":
    main()
