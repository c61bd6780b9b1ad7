"""Loads an exported checkpoint anew and draws with it: knows the file, not the training."""
from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor

from .config import Config
from .diffusion import dpmpp_2m
from .text import VOCABULARY, TextModel
from .tokens import Tokenizer
from .unet import UNet
from .vae import AutoencoderKL

SCALE = 0.18215


class Checkpoint:
    def __init__(self, file: Path, cfg: Config, tokenizer: Tokenizer) -> None:
        self.cfg, self.tokenizer, state = cfg, tokenizer, load_file(file)
        self.text = TextModel(cfg.text_width, cfg.text_layers, list(range(VOCABULARY)))
        self.unet = UNet(cfg.unet_width, cfg.unet_mult, cfg.unet_depth, cfg.unet_attention, cfg.text_width)
        self.vae = AutoencoderKL(cfg.vae_width, cfg.vae_mult, cfg.vae_depth)
        for module, prefix in ((self.text, "cond_stage_model.transformer.text_model."), (self.unet, "model.diffusion_model."),
                               (self.vae, "first_stage_model.")):
            module.load_state_dict({k[len(prefix):]: v.float() for k, v in state.items() if k.startswith(prefix)})
            module.eval().requires_grad_(False)

    def context(self, prompts: list[str]) -> Tensor:
        return self.text(torch.tensor([self.tokenizer.encode(p) for p in prompts]))

    @torch.no_grad()
    def latents(self, prompts: list[str], noise: Tensor, steps: int = 20, guidance: float = 5.0) -> Tensor:
        context = torch.cat([self.context(prompts), self.context([""]).expand(len(prompts), -1, -1)])

        def eps(x: Tensor, t: Tensor) -> Tensor:
            named, free = self.unet(torch.cat([x, x]), torch.cat([t, t]), context).chunk(2)
            return free + guidance * (named - free)
        return dpmpp_2m(eps, noise, steps)

    @torch.no_grad()
    def draw(self, prompts: list[str], noise: Tensor, steps: int = 20, guidance: float = 5.0) -> Tensor:
        """uint8 [n, edge, edge, 3]."""
        pixels = self.vae.decode(self.latents(prompts, noise, steps, guidance) / SCALE)
        return (pixels.clamp(-1, 1) + 1).mul(127.5).round().byte().permute(0, 2, 3, 1)


def noise_for(seeds: list[int], cfg: Config) -> Tensor:
    edge = cfg.pixels // cfg.factor
    return torch.stack([torch.randn(4, edge, edge, generator=torch.Generator().manual_seed(s)) for s in seeds])
