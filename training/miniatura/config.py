"""One recipe, two configurations."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Config:
    pixels: int
    vae_width: int
    vae_mult: tuple[int, ...]
    vae_depth: int
    vae_batch: int
    vae_lr: float
    unet_width: int
    unet_mult: tuple[int, ...]
    unet_depth: int
    unet_attention: tuple[int, ...]  # at these downsampling factors of the latent
    text_width: int
    text_layers: int
    batch: int
    lr: float
    pool: int  # latents kept for re-use

    @property
    def factor(self) -> int:
        return 2 ** (len(self.vae_mult) - 1)

    @property
    def text_heads(self) -> int:
        return self.text_width // 64


UNET_HEADS = 8  # SD 1's; no other value can be read off a checkpoint

CONFIGS = {
    "cpu64": Config(pixels=64, vae_width=64, vae_mult=(1, 1, 2), vae_depth=1, vae_batch=4, vae_lr=1e-3,
                    unet_width=64, unet_mult=(1, 2, 3), unet_depth=1, unet_attention=(2,),
                    text_width=128, text_layers=3, batch=64, lr=1e-3, pool=16384),
    "gpu256": Config(pixels=256, vae_width=64, vae_mult=(1, 2, 4, 4), vae_depth=2, vae_batch=32, vae_lr=4e-4,
                     unet_width=128, unet_mult=(1, 2, 3), unet_depth=2, unet_attention=(2, 4),
                     text_width=192, text_layers=4, batch=256, lr=4e-4, pool=262144),
}
