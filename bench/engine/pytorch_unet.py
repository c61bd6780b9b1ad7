"""The UNet of Stable Diffusion 1.5's size in PyTorch, float32, random weights: what `main.ts --pytorch` compares with.

Written for this measurement; the layers, their order and sizes are those of the paper (Rombach et al. 2021).
Usage: python3 pytorch_unet.py RUNS; prints one line of JSON.
"""
import json
import math
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

CHANNELS, MULTIPLIERS, HEADS, CONTEXT, TIME = 320, (1, 2, 4, 4), 8, 768, 1280


def attend(q, k, v):
    if hasattr(F, "scaled_dot_product_attention"):
        return F.scaled_dot_product_attention(q, k, v)
    scores = torch.softmax(q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5, dim=-1)
    return scores @ v


class Attention(nn.Module):
    def __init__(self, width, source):
        super().__init__()
        self.q = nn.Linear(width, width, bias=False)
        self.k = nn.Linear(source, width, bias=False)
        self.v = nn.Linear(source, width, bias=False)
        self.out = nn.Linear(width, width)

    def forward(self, x, source):
        parts = (layer(y) for layer, y in ((self.q, x), (self.k, source), (self.v, source)))
        q, k, v = (part.unflatten(-1, (HEADS, -1)).transpose(1, 2) for part in parts)
        return self.out(attend(q, k, v).transpose(1, 2).flatten(2))


class Transformer(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.GroupNorm(32, width, eps=1e-6)
        self.enter, self.leave = nn.Conv2d(width, width, 1), nn.Conv2d(width, width, 1)
        self.norms = nn.ModuleList(nn.LayerNorm(width) for _ in range(3))
        self.among, self.text = Attention(width, width), Attention(width, CONTEXT)
        self.gate, self.close = nn.Linear(width, 8 * width), nn.Linear(4 * width, width)

    def forward(self, x, _, context):
        h = self.enter(self.norm(x)).flatten(2).transpose(1, 2)
        normal = self.norms[0](h)
        h = self.among(normal, normal) + h
        h = self.text(self.norms[1](h), context) + h
        value, gate = self.gate(self.norms[2](h)).chunk(2, dim=-1)
        h = self.close(value * F.gelu(gate)) + h
        return self.leave(h.transpose(1, 2).reshape(x.shape)) + x


class Residual(nn.Module):
    def __init__(self, before, after):
        super().__init__()
        self.norm1, self.norm2 = nn.GroupNorm(32, before), nn.GroupNorm(32, after)
        self.conv1, self.conv2 = nn.Conv2d(before, after, 3, padding=1), nn.Conv2d(after, after, 3, padding=1)
        self.time = nn.Linear(TIME, after)
        self.skip = nn.Identity() if before == after else nn.Conv2d(before, after, 1)

    def forward(self, x, moment, _):
        h = self.conv1(F.silu(self.norm1(x))) + self.time(moment)[:, :, None, None]
        return self.skip(x) + self.conv2(F.silu(self.norm2(h)))


class Resample(nn.Module):
    def __init__(self, channels, up):
        super().__init__()
        self.up = up
        self.conv = nn.Conv2d(channels, channels, 3, stride=1 if up else 2, padding=1)

    def forward(self, x, _moment, _context):
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest") if self.up else x)


class UNet(nn.Module):
    def __init__(self):
        super().__init__()
        self.time = nn.Sequential(nn.Linear(CHANNELS, TIME), nn.SiLU(), nn.Linear(TIME, TIME), nn.SiLU())
        self.enter = nn.Conv2d(4, CHANNELS, 3, padding=1)
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        channels, kept = CHANNELS, [CHANNELS]
        for level, multiplier in enumerate(MULTIPLIERS):
            for _ in range(2):
                layers = [Residual(channels, multiplier * CHANNELS)]
                channels = multiplier * CHANNELS
                self.down.append(nn.ModuleList(layers + ([Transformer(channels)] if level < 3 else [])))
                kept.append(channels)
            if level < 3:
                self.down.append(nn.ModuleList([Resample(channels, up=False)]))
                kept.append(channels)
        self.middle = nn.ModuleList([Residual(channels, channels), Transformer(channels), Residual(channels, channels)])
        for level, multiplier in reversed(list(enumerate(MULTIPLIERS))):
            for i in range(3):
                layers = [Residual(channels + kept.pop(), multiplier * CHANNELS)]
                channels = multiplier * CHANNELS
                layers += [Transformer(channels)] if level < 3 else []
                layers += [Resample(channels, up=True)] if level > 0 and i == 2 else []
                self.up.append(nn.ModuleList(layers))
        self.leave = nn.Sequential(nn.GroupNorm(32, CHANNELS), nn.SiLU(), nn.Conv2d(CHANNELS, 4, 3, padding=1))

    def forward(self, x, timesteps, context):
        frequencies = torch.exp(-math.log(10000) * torch.arange(CHANNELS // 2) / (CHANNELS // 2))
        angles = timesteps[:, None] * frequencies
        moment = self.time(torch.cat([angles.cos(), angles.sin()], dim=1).to(x.dtype))
        h = self.enter(x)
        kept = [h]
        for block in self.down:
            for layer in block:
                h = layer(h, moment, context)
            kept.append(h)
        for layer in self.middle:
            h = layer(h, moment, context)
        for block in self.up:
            h = torch.cat([h, kept.pop()], dim=1)
            for layer in block:
                h = layer(h, moment, context)
        return self.leave(h)


def main(runs):
    network = UNet().eval()
    inputs = torch.randn(1, 4, 64, 64), torch.tensor([801.0]), torch.randn(1, 77, CONTEXT)
    seconds = []
    with torch.inference_mode():
        network(*inputs)
        for _ in range(runs):
            start = time.perf_counter()
            network(*inputs)
            seconds.append(time.perf_counter() - start)
    print(
        json.dumps(
            {
                "version": torch.__version__,
                "parameters": sum(weight.numel() for weight in network.parameters()),
                "seconds": seconds,
                "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
            }
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
