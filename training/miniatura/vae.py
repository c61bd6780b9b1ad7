"""The picture autoencoder in the layout of LDM's first_stage_model (Rombach et al. 2022, arXiv:2112.10752)."""
from __future__ import annotations

from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .attention import attend
from .config import Config
from .fastnorm import FastGroupNorm


# luma and two chroma axes, scaled so that all three vary about as much
_YCC = torch.tensor([[0.299, 0.587, 0.114], [-0.169, -0.331, 0.5], [0.5, -0.419, -0.081]]) * torch.tensor([[1.5], [3.0], [3.0]])


def patch_colour(x: Tensor, edge: int) -> Tensor:
    return F.adaptive_avg_pool2d(torch.einsum("ij,njhw->nihw", _YCC.to(x), x), edge)


def norm(channels: int) -> FastGroupNorm:
    return FastGroupNorm(32, channels, eps=1e-6)


class ResnetBlock(nn.Module):
    def __init__(self, inner: int, outer: int) -> None:
        super().__init__()
        self.norm1, self.conv1 = norm(inner), nn.Conv2d(inner, outer, 3, padding=1)
        self.norm2, self.conv2 = norm(outer), nn.Conv2d(outer, outer, 3, padding=1)
        if inner != outer:
            self.nin_shortcut = nn.Conv2d(inner, outer, 1)
        nn.init.zeros_(self.conv2.weight)  # every block starts as the identity (Zhang et al. 2019, arXiv:1901.09321)

    def forward(self, x: Tensor) -> Tensor:
        h = self.conv1(self.norm1(x, silu=True))
        h = self.conv2(self.norm2(h, silu=True))
        return h + (self.nin_shortcut(x) if hasattr(self, "nin_shortcut") else x)


class AttnBlock(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.norm = norm(channels)
        self.q, self.k, self.v, self.proj_out = (nn.Conv2d(channels, channels, 1) for _ in range(4))
        nn.init.zeros_(self.proj_out.weight)

    def forward(self, x: Tensor) -> Tensor:
        b, c, h, w = x.shape
        y = self.norm(x)
        a = attend(*(f(y).flatten(2).transpose(1, 2) for f in (self.q, self.k, self.v)), heads=1)
        return x + self.proj_out(a.transpose(1, 2).reshape(b, c, h, w))


class Downsample(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, stride=2)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.pad(x, (0, 1, 0, 1)))


class Upsample(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(channels, channels, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


class Group(nn.Module):
    """Holds parts under the names that LDM's checkpoints give them."""


def middle(channels: int) -> Group:
    mid = Group()
    mid.block_1, mid.attn_1, mid.block_2 = ResnetBlock(channels, channels), AttnBlock(channels), ResnetBlock(channels, channels)
    return mid


class Encoder(nn.Module):
    def __init__(self, width: int, mult: tuple[int, ...], depth: int, z: int) -> None:
        super().__init__()
        self.conv_in, self.down, c = nn.Conv2d(3, width, 3, padding=1), nn.ModuleList(), width
        for i, m in enumerate(mult):
            level = Group()
            level.block = nn.ModuleList()
            for _ in range(depth):
                level.block.append(ResnetBlock(c, width * m))
                c = width * m
            if i < len(mult) - 1:
                level.downsample = Downsample(c)
            self.down.append(level)
        self.mid, self.norm_out, self.conv_out = middle(c), norm(c), nn.Conv2d(c, 2 * z, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        h = self.conv_in(x)
        for level in self.down:
            for block in level.block:
                h = block(h)
            if hasattr(level, "downsample"):
                h = level.downsample(h)
        h = self.mid.block_2(self.mid.attn_1(self.mid.block_1(h)))
        return self.conv_out(self.norm_out(h, silu=True))


class Decoder(nn.Module):
    def __init__(self, width: int, mult: tuple[int, ...], depth: int, z: int) -> None:
        super().__init__()
        c = width * mult[-1]
        self.conv_in, self.mid, levels = nn.Conv2d(z, c, 3, padding=1), middle(c), []
        for i in reversed(range(len(mult))):
            level = Group()
            level.block = nn.ModuleList()
            for _ in range(depth + 1):
                level.block.append(ResnetBlock(c, width * mult[i]))
                c = width * mult[i]
            if i > 0:
                level.upsample = Upsample(c)
            levels.insert(0, level)
        self.up, self.norm_out, self.conv_out = nn.ModuleList(levels), norm(c), nn.Conv2d(c, 3, 3, padding=1)

    def forward(self, z: Tensor) -> Tensor:
        h = self.mid.block_2(self.mid.attn_1(self.mid.block_1(self.conv_in(z))))
        for level in reversed(self.up):
            for block in level.block:
                h = block(h)
            if hasattr(level, "upsample"):
                h = level.upsample(h)
        return self.conv_out(self.norm_out(h, silu=True))


class AutoencoderKL(nn.Module):
    def __init__(self, width: int = 32, mult: tuple[int, ...] = (1, 2, 4), depth: int = 1, z: int = 4) -> None:
        super().__init__()
        self.encoder, self.decoder = Encoder(width, mult, depth, z), Decoder(width, mult, depth, z)
        self.quant_conv, self.post_quant_conv = nn.Conv2d(2 * z, 2 * z, 1), nn.Conv2d(z, z, 1)
        self._let_colour_through()

    def _let_colour_through(self) -> None:
        """GroupNorm with few channels a group erases a picture's mean colour; constants of both signs in the trunk keep it."""
        for name, conv in self.named_modules():
            if name.endswith(("conv_in", "downsample.conv", "upsample.conv", "nin_shortcut")):
                with torch.no_grad():
                    conv.bias.copy_(torch.tensor([1.0, -1.0]).repeat(conv.out_channels // 2))

    def moments(self, x: Tensor) -> tuple[Tensor, Tensor]:
        mean, logvar = self.quant_conv(self.encoder(x)).chunk(2, 1)
        return mean, logvar.clamp(-30, 20)

    def latent(self, x: Tensor) -> Tensor:
        """What the UNet learns: the encoder's mean, its first three channels set to the exact colour of each patch."""
        mean = self.moments(x)[0].float()
        return torch.cat([patch_colour(x, mean.shape[-1]), mean[:, 3:]], 1)

    def decode(self, z: Tensor) -> Tensor:
        return self.decoder(self.post_quant_conv(z))


def load_vae(work: Path, cfg: Config, device: torch.device) -> AutoencoderKL:
    vae = AutoencoderKL(cfg.vae_width, cfg.vae_mult, cfg.vae_depth)
    vae.load_state_dict(torch.load(work / "vae.pt", map_location="cpu", weights_only=False)["average"])
    return vae.to(device, memory_format=torch.channels_last).requires_grad_(False)


@torch.no_grad()
def copied(vae: AutoencoderKL, rgb: Tensor, batch: int = 16) -> Tensor:
    """rgb [n, 3, edge, edge] in 0..1 through encoder and decoder."""
    with torch.autocast(rgb.device.type, torch.bfloat16):
        return torch.cat([(vae.decode(vae.latent(x * 2 - 1)).float().clamp(-1, 1) + 1) / 2
                          for x in rgb.contiguous(memory_format=torch.channels_last).split(batch)])
