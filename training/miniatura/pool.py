"""Encoded scenes that training draws from: each is used a few times with other noise, then replaced."""
from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from . import compose
from .captions import caption
from .pictures import Pictures
from .scenes import Scene, SceneSampler
from .tokens import Tokenizer
from .vae import AutoencoderKL


@torch.no_grad()
def encode(vae: AutoencoderKL, data: Pictures, scenes: list[Scene], batch: int = 16) -> Tensor:
    device, parts = next(vae.parameters()).device, []
    for i in range(0, len(scenes), batch):
        x = torch.from_numpy(np.stack([compose.draw(data, s) for s in scenes[i:i + batch]])).permute(0, 3, 1, 2) / 127.5 - 1
        with torch.autocast(device.type, torch.bfloat16):
            parts.append(vae.latent(x.to(device).contiguous(memory_format=torch.channels_last)))
    return torch.cat(parts)


class Pool:
    def __init__(self, vae: AutoencoderKL, data: Pictures, tokenizer: Tokenizer, size: int, seed: int) -> None:
        self.vae, self.data, self.tokenizer, self.size = vae, data, tokenizer, size
        self.sampler, self.rng = SceneSampler(data, seed), random.Random(seed + 1)
        self.latents, self.ids, self.at = torch.empty(0), torch.empty(0, dtype=torch.int32), 0

    def add(self, count: int) -> None:
        scenes = [self.sampler.draw() for _ in range(count)]
        ids = torch.tensor([self.tokenizer.encode(caption(s, self.rng)) for s in scenes], dtype=torch.int32)
        latents = encode(self.vae, self.data, scenes)
        if len(self.latents) < self.size:
            self.latents, self.ids = torch.cat([self.latents.to(latents), latents]), torch.cat([self.ids, ids])
        else:
            rows = torch.arange(self.at, self.at + count) % self.size
            self.latents[rows], self.ids[rows], self.at = latents, ids, (self.at + count) % self.size

    def save(self, file: Path) -> None:
        torch.save({"latents": self.latents.half(), "ids": self.ids}, file)

    def load(self, file: Path) -> None:
        saved = torch.load(file)
        self.latents, self.ids = saved["latents"].float(), saved["ids"]

    def draw(self, count: int) -> tuple[Tensor, Tensor]:
        rows = torch.randint(0, len(self.latents), (count,))
        return self.latents[rows], self.ids[rows].long()


def latent_statistics(vae: AutoencoderKL, data: Pictures, seed: int) -> tuple[Tensor, Tensor]:
    """Mean and deviation per channel over 256 scenes."""
    sampler = SceneSampler(data, seed)
    latents = encode(vae, data, [sampler.draw() for _ in range(256)])
    return latents.mean((0, 2, 3)), latents.std((0, 2, 3))


def used_ids(data: Pictures, tokenizer: Tokenizer) -> list[int]:
    """Every id that a caption can contain, and the few words around."""
    from .captions import ANY_STYLE, STYLE_WORDS
    from .pictures import TONES
    from .scenes import BACKGROUNDS, PLACES
    texts = [*data.names, *BACKGROUNDS, *TONES, *PLACES, *ANY_STYLE, *[t for w in STYLE_WORDS.values() for t in w],
             *{tag for p in data.list for tag in p.tags}, "a an and small big with skin tone on background , . ! ( )"]
    ids = {i for text in texts for i in tokenizer.ids(text.replace("{}", ""))}
    return sorted(ids | {49406, 49407})
