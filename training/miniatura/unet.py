"""The denoiser in the layout of LDM's openaimodel, as model.diffusion_model holds it (Rombach et al. 2022)."""
from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from .attention import attend
from .config import UNET_HEADS
from .fastnorm import FastGroupNorm
from .vae import Group


def timestep_embedding(t: Tensor, width: int) -> Tensor:
    half = width // 2
    frequency = torch.exp(-math.log(10000) * torch.arange(half, dtype=torch.float32, device=t.device) / half)
    angle = t[:, None].float() * frequency[None]
    return torch.cat([angle.cos(), angle.sin()], -1)


class NormSiluConv(nn.Sequential):
    """norm, SiLU, (dropout,) convolution under Sequential's numbered names, the first two fused."""

    def forward(self, x: Tensor) -> Tensor:
        return self[-1](self[0](x, silu=True))


def zeroed(module: nn.Module) -> nn.Module:
    for p in module.parameters():
        nn.init.zeros_(p)
    return module


class ResBlock(nn.Module):
    def __init__(self, inner: int, outer: int, embedding: int) -> None:
        super().__init__()
        self.in_layers = NormSiluConv(FastGroupNorm(32, inner), nn.SiLU(), nn.Conv2d(inner, outer, 3, padding=1))
        self.emb_layers = nn.Sequential(nn.SiLU(), nn.Linear(embedding, outer))
        self.out_layers = NormSiluConv(FastGroupNorm(32, outer), nn.SiLU(), nn.Dropout(0.0), zeroed(nn.Conv2d(outer, outer, 3, padding=1)))
        self.skip_connection = nn.Conv2d(inner, outer, 1) if inner != outer else nn.Identity()

    def forward(self, x: Tensor, emb: Tensor, context: Tensor) -> Tensor:
        h = self.in_layers(x) + self.emb_layers(emb)[:, :, None, None]
        return self.skip_connection(x) + self.out_layers(h)


class Attention(nn.Module):
    def __init__(self, width: int, context: int) -> None:
        super().__init__()
        self.to_q, self.to_k = nn.Linear(width, width, bias=False), nn.Linear(context, width, bias=False)
        self.to_v = nn.Linear(context, width, bias=False)
        self.to_out = nn.Sequential(nn.Linear(width, width), nn.Dropout(0.0))

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        return self.to_out(attend(self.to_q(x), self.to_k(context), self.to_v(context), UNET_HEADS))


class GEGLU(nn.Module):
    def __init__(self, inner: int, outer: int) -> None:
        super().__init__()
        self.proj = nn.Linear(inner, outer * 2)

    def forward(self, x: Tensor) -> Tensor:
        value, gate = self.proj(x).chunk(2, -1)
        return value * F.gelu(gate)


class TransformerBlock(nn.Module):
    def __init__(self, width: int, context: int) -> None:
        super().__init__()
        self.attn1, self.attn2, self.ff = Attention(width, width), Attention(width, context), Group()
        for p in (self.attn2.to_q.weight, self.attn2.to_k.weight):
            p.data.mul_(2)  # heads that look at different words from the start: words are heeded sooner
        self.ff.net = nn.Sequential(GEGLU(width, 4 * width), nn.Dropout(0.0), nn.Linear(4 * width, width))
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(width) for _ in range(3))

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        y = self.norm1(x)
        x = x + self.attn1(y, y)
        x = x + self.attn2(self.norm2(x), context)
        return x + self.ff.net(self.norm3(x))


class SpatialTransformer(nn.Module):
    def __init__(self, width: int, context: int) -> None:
        super().__init__()
        self.norm, self.proj_in = FastGroupNorm(32, width, eps=1e-6), nn.Conv2d(width, width, 1)
        self.transformer_blocks = nn.ModuleList([TransformerBlock(width, context)])
        self.proj_out = zeroed(nn.Conv2d(width, width, 1))

    def forward(self, x: Tensor, emb: Tensor, context: Tensor) -> Tensor:
        b, c, h, w = x.shape
        y = self.proj_in(self.norm(x)).flatten(2).transpose(1, 2)
        y = self.transformer_blocks[0](y, context)
        return x + self.proj_out(y.transpose(1, 2).unflatten(2, (h, w)))


class Conv(nn.Conv2d):
    def forward(self, x: Tensor, emb: Tensor, context: Tensor) -> Tensor:
        return super().forward(x)


class Downsample(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.op = nn.Conv2d(width, width, 3, stride=2, padding=1)

    def forward(self, x: Tensor, emb: Tensor, context: Tensor) -> Tensor:
        return self.op(x)


class Upsample(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x: Tensor, emb: Tensor, context: Tensor) -> Tensor:
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


class UNet(nn.Module):
    def __init__(self, width: int, mult: tuple[int, ...], depth: int, attention: tuple[int, ...], context: int, z: int = 4) -> None:
        super().__init__()
        self.width, emb = width, 4 * width
        self.time_embed = nn.Sequential(nn.Linear(width, emb), nn.SiLU(), nn.Linear(emb, emb))
        self.input_blocks = nn.ModuleList([nn.ModuleList([Conv(z, width, 3, padding=1)])])
        skips, c, factor = [width], width, 1
        for i, m in enumerate(mult):
            for _ in range(depth):
                layers: list[nn.Module] = [ResBlock(c, m * width, emb)]
                c = m * width
                if factor in attention:
                    layers.append(SpatialTransformer(c, context))
                self.input_blocks.append(nn.ModuleList(layers))
                skips.append(c)
            if i < len(mult) - 1:
                self.input_blocks.append(nn.ModuleList([Downsample(c)]))
                skips.append(c)
                factor *= 2
        self.middle_block = nn.ModuleList([ResBlock(c, c, emb), SpatialTransformer(c, context), ResBlock(c, c, emb)])
        self.output_blocks = nn.ModuleList()
        for i, m in reversed(list(enumerate(mult))):
            for j in range(depth + 1):
                layers = [ResBlock(c + skips.pop(), m * width, emb)]
                c = m * width
                if factor in attention:
                    layers.append(SpatialTransformer(c, context))
                if i and j == depth:
                    layers.append(Upsample(c))
                    factor //= 2
                self.output_blocks.append(nn.ModuleList(layers))
        self.out = NormSiluConv(FastGroupNorm(32, c), nn.SiLU(), zeroed(nn.Conv2d(c, z, 3, padding=1)))

    def forward(self, x: Tensor, t: Tensor, context: Tensor) -> Tensor:
        emb, skips = self.time_embed(timestep_embedding(t, self.width)), []
        for block in self.input_blocks:
            for layer in block:
                x = layer(x, emb, context)
            skips.append(x)
        for layer in self.middle_block:
            x = layer(x, emb, context)
        for block in self.output_blocks:
            x = torch.cat([x, skips.pop()], 1)
            for layer in block:
                x = layer(x, emb, context)
        norm, _, conv = self.out
        with torch.autocast(x.device.type, enabled=False):  # at high noise a rounding error of the noise is a visible one of the picture
            return conv(norm(x, silu=True).float())
