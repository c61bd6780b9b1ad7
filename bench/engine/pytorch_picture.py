"""A whole picture of Stable Diffusion 1.5's size in PyTorch, random weights: what `main.ts --pytorch` compares with.

Twenty steps of Euler with guidance, both prompts in one batch, then the decoder; the text encoder is left out.
Usage: python3 pytorch_picture.py RUNS STEPS float32|bfloat16; prints one line of JSON.
"""
import json
import resource
import sys
import time

import torch
from torch import nn
from torch.nn import functional as F

from pytorch_unet import CONTEXT, UNet, attend


class Block(nn.Module):
    def __init__(self, before, after):
        super().__init__()
        self.norm1, self.norm2 = nn.GroupNorm(32, before, eps=1e-6), nn.GroupNorm(32, after, eps=1e-6)
        self.conv1, self.conv2 = nn.Conv2d(before, after, 3, padding=1), nn.Conv2d(after, after, 3, padding=1)
        self.skip = nn.Identity() if before == after else nn.Conv2d(before, after, 1)

    def forward(self, x):
        h = self.conv1(F.silu(self.norm1(x)))
        return self.skip(x) + self.conv2(F.silu(self.norm2(h)))


class Among(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.norm = nn.GroupNorm(32, width, eps=1e-6)
        self.q, self.k, self.v, self.out = (nn.Conv2d(width, width, 1) for _ in range(4))

    def forward(self, x):
        h = self.norm(x)
        q, k, v = (layer(h).flatten(2).transpose(1, 2)[:, None] for layer in (self.q, self.k, self.v))
        return x + self.out(attend(q, k, v)[:, 0].transpose(1, 2).reshape(x.shape))


class Double(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x):
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


def decoder():
    layers = [nn.Conv2d(4, 4, 1), nn.Conv2d(4, 512, 3, padding=1), Block(512, 512), Among(512), Block(512, 512)]
    before = 512
    for level, after in enumerate((512, 512, 256, 128)):
        layers += [Block(before, after), Block(after, after), Block(after, after)]
        layers += [Double(after)] if level < 3 else []
        before = after
    return nn.Sequential(*layers, nn.GroupNorm(32, 128, eps=1e-6), nn.SiLU(), nn.Conv2d(128, 3, 3, padding=1))


def main(runs, steps, dtype):
    unet, decode = UNet().eval().to(dtype), decoder().eval().to(dtype)
    context = torch.randn(2, 77, CONTEXT, dtype=dtype)
    sigmas = torch.linspace(14.6, 0, steps + 1)

    def draw(count):
        x = torch.randn(1, 4, 64, 64) * sigmas[0]
        for sigma, after in list(zip(sigmas, sigmas[1:]))[:count]:
            given = (x / (sigma**2 + 1) ** 0.5).to(dtype).expand(2, -1, -1, -1)
            moment = torch.full((2,), 500.0)
            bad, good = unet(given, moment.to(dtype), context).float().chunk(2)
            x = x + (bad + 7 * (good - bad)) * (after - sigma)
        return decode((x / 14.6).to(dtype)).float()

    seconds = []
    with torch.inference_mode():
        draw(1)
        for _ in range(runs):
            start = time.perf_counter()
            draw(steps)
            seconds.append(time.perf_counter() - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(json.dumps({"version": torch.__version__, "seconds": seconds, "peak": peak}))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), getattr(torch, sys.argv[3]))
