"""ControlNets and UNets that listen to them in PyTorch, float32, tiny and with known random weights: what
`control-net.test.ts` compares the engine with.

Written for this comparison from the papers (Rombach et al. 2021, Zhang et al. 2023); only the names of the weights are
those of published files. Weights follow from their names, as in packages/testing/src/random-weights.ts.
Usage: python3 reference.py; writes the .safetensors files beside it. Needs torch and safetensors.
"""
import math
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn import functional as F


def random_weight(name, shape, seed):
    value = 0x811C9DC5
    for letter in name:
        value = ((value ^ ord(letter)) * 0x01000193) & 0xFFFFFFFF
    size = math.prod(shape)
    state = value ^ seed
    numbers = np.empty(min(size, 65521), np.float32)
    if "embedding" in name:
        mean, deviation = 0, 0.5
    elif len(shape) > 1:
        mean, deviation = 0, 0.8 / math.sqrt(size / shape[0])
    else:
        mean, deviation = (0, 0.05) if name.endswith("bias") else (1, 0.1)
    for i in range(len(numbers)):
        state = (state * 1664525 + 1013904223) & 0xFFFFFFFF
        mixed = ((state ^ (state >> 15)) * 0x2C1B3C6D) & 0xFFFFFFFF
        numbers[i] = mean + deviation * math.sqrt(12) * ((mixed ^ (mixed >> 12)) / 2**32 - 0.5)
    return torch.from_numpy(np.resize(numbers, shape))


class Attention(nn.Module):
    def __init__(self, width, source, heads):
        super().__init__()
        self.heads = heads
        self.to_q = nn.Linear(width, width, bias=False)
        self.to_k, self.to_v = nn.Linear(source, width, bias=False), nn.Linear(source, width, bias=False)
        self.to_out = nn.ModuleList([nn.Linear(width, width)])

    def forward(self, x, source):
        parts = (layer(y) for layer, y in ((self.to_q, x), (self.to_k, source), (self.to_v, source)))
        q, k, v = (part.unflatten(-1, (self.heads, -1)).transpose(1, 2) for part in parts)
        seen = torch.softmax(q @ k.transpose(-1, -2) * q.shape[-1] ** -0.5, dim=-1) @ v
        return self.to_out[0](seen.transpose(1, 2).flatten(2))


class Gated(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.proj = nn.Linear(width, 8 * width)

    def forward(self, x):
        value, gate = self.proj(x).chunk(2, dim=-1)
        return value * F.gelu(gate)


class FeedForward(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.net = nn.Sequential(Gated(width), nn.Identity(), nn.Linear(4 * width, width))


class Block(nn.Module):
    def __init__(self, width, context, heads):
        super().__init__()
        self.attn1, self.attn2 = Attention(width, width, heads), Attention(width, context, heads)
        self.norm1, self.norm2, self.norm3 = (nn.LayerNorm(width) for _ in range(3))
        self.ff = FeedForward(width)

    def forward(self, x, context):
        normal = self.norm1(x)
        x = self.attn1(normal, normal) + x
        x = self.attn2(self.norm2(x), context) + x
        return self.ff.net(self.norm3(x)) + x


class Transformer(nn.Module):
    def __init__(self, c, width, depth):
        super().__init__()
        self.linear = c["linear"]
        project = nn.Linear if self.linear else (lambda a, b: nn.Conv2d(a, b, 1))
        heads = c["heads"] if "heads" in c else width // c["head_channels"]
        self.norm = nn.GroupNorm(32, width, eps=1e-6)
        self.proj_in, self.proj_out = project(width, width), project(width, width)
        self.transformer_blocks = nn.ModuleList(Block(width, c["context"], heads) for _ in range(depth))

    def forward(self, x, _, context):
        pixels = lambda picture: picture.flatten(2).transpose(1, 2)
        picture = lambda sequence: sequence.transpose(1, 2).reshape(x.shape)
        h = self.norm(x)
        h = self.proj_in(pixels(h)) if self.linear else pixels(self.proj_in(h))
        for block in self.transformer_blocks:
            h = block(h, context)
        h = picture(self.proj_out(h)) if self.linear else self.proj_out(picture(h))
        return h + x


class Residual(nn.Module):
    def __init__(self, time, before, after):
        super().__init__()
        self.in_layers = nn.Sequential(nn.GroupNorm(32, before), nn.SiLU(), nn.Conv2d(before, after, 3, padding=1))
        self.emb_layers = nn.Sequential(nn.SiLU(), nn.Linear(time, after))
        self.out_layers = nn.Sequential(
            nn.GroupNorm(32, after), nn.SiLU(), nn.Identity(), nn.Conv2d(after, after, 3, padding=1)
        )
        self.skip_connection = nn.Identity() if before == after else nn.Conv2d(before, after, 1)

    def forward(self, x, moment, _):
        h = self.in_layers(x) + self.emb_layers(moment)[:, :, None, None]
        return self.skip_connection(x) + self.out_layers(h)


class Down(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.op = nn.Conv2d(width, width, 3, stride=2, padding=1)

    def forward(self, x, *_):
        return self.op(x)


class Up(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv = nn.Conv2d(width, width, 3, padding=1)

    def forward(self, x, *_):
        return self.conv(F.interpolate(x, scale_factor=2.0, mode="nearest"))


class First(nn.Conv2d):
    def forward(self, x, *_):
        return super().forward(x)


def through(layers, x, moment, context):
    for layer in layers:
        x = layer(x, moment, context)
    return x


class Encoder(nn.Module):
    """What a UNet and a ControlNet have in common."""

    def __init__(self, c):
        super().__init__()
        base = c["channels"]
        self.base, time = base, 4 * base
        layers = lambda width: nn.Sequential(nn.Linear(width, time), nn.SiLU(), nn.Linear(time, time))
        self.time_embed = layers(base)
        if c.get("vector"):
            self.label_emb = nn.ModuleList([layers(c["vector"])])
        self.input_blocks = nn.ModuleList([nn.ModuleList([First(4, base, 3, padding=1)])])
        self.widths, width = [base], base
        for level, (multiplier, depth) in enumerate(c["levels"]):
            for _ in range(c["blocks"]):
                block = [Residual(time, width, multiplier * base)]
                width = multiplier * base
                self.input_blocks.append(nn.ModuleList(block + ([Transformer(c, width, depth)] if depth else [])))
                self.widths.append(width)
            if level < len(c["levels"]) - 1:
                self.input_blocks.append(nn.ModuleList([Down(width)]))
                self.widths.append(width)
        self.width = width
        self.middle_block = nn.ModuleList(
            [Residual(time, width, width), Transformer(c, width, c["middle"]), Residual(time, width, width)]
        )

    def moment(self, timesteps, vector):
        half = self.base // 2
        angles = timesteps[:, None] * torch.exp(-math.log(10000) * torch.arange(half) / half)
        moment = self.time_embed(torch.cat([angles.cos(), angles.sin()], dim=1))
        return moment if vector is None else moment + self.label_emb[0](vector)

    def encode(self, x, moment, context, guide=None):
        kept = []
        for block in self.input_blocks:
            x = through(block, x, moment, context)
            if guide is not None and not kept:
                x = x + guide
            kept.append(x)
        return kept, through(self.middle_block, x, moment, context)


class ControlNet(Encoder):
    def __init__(self, c):
        super().__init__(c)
        widths, strides = [3, *c["hint"], c["channels"]], [1, 1, 2, 1, 2, 1, 2, 1]
        layers = []
        for before, after, stride in zip(widths, widths[1:], strides):
            layers += [nn.Conv2d(before, after, 3, stride=stride, padding=1), nn.SiLU()]
        self.input_hint_block = nn.Sequential(*layers[:-1])
        self.zero_convs = nn.ModuleList(nn.ModuleList([nn.Conv2d(w, w, 1)]) for w in self.widths)
        self.middle_block_out = nn.ModuleList([nn.Conv2d(self.width, self.width, 1)])

    def forward(self, x, hint, timesteps, context, vector=None):
        guide = self.input_hint_block(hint)
        kept, middle = self.encode(x, self.moment(timesteps, vector), context, guide)
        said = [zero[0](h) for zero, h in zip(self.zero_convs, kept)]
        return guide, [*said, self.middle_block_out[0](middle)]


class UNet(Encoder):
    def __init__(self, c):
        super().__init__(c)
        time, width, widths = 4 * self.base, self.width, list(self.widths)
        self.output_blocks = nn.ModuleList()
        for level, (multiplier, depth) in reversed(list(enumerate(c["levels"]))):
            for i in range(c["blocks"] + 1):
                block = [Residual(time, width + widths.pop(), multiplier * self.base)]
                width = multiplier * self.base
                block += [Transformer(c, width, depth)] if depth else []
                block += [Up(width)] if level > 0 and i == c["blocks"] else []
                self.output_blocks.append(nn.ModuleList(block))
        self.out = nn.Sequential(nn.GroupNorm(32, self.base), nn.SiLU(), nn.Conv2d(self.base, 4, 3, padding=1))

    def forward(self, x, controls, timesteps, context, vector=None):
        moment = self.moment(timesteps, vector)
        kept, h = self.encode(x, moment, context)
        controls = list(controls)
        h = h + controls.pop()
        for block in self.output_blocks:
            skip = kept.pop() + controls.pop()
            if h.shape[2:] != skip.shape[2:]:
                h = F.interpolate(h, skip.shape[2:], mode="nearest")
            h = through(block, torch.cat([h, skip], dim=1), moment, context)
        return self.out(h)


CASES = {
    "sd1": dict(channels=32, blocks=2, levels=[(1, 1), (2, 0)], middle=1, context=24, linear=False, heads=8),
    "sd2": dict(channels=32, blocks=1, levels=[(1, 1), (2, 1)], middle=1, context=40, linear=True, head_channels=16),
    "sdxl": dict(
        channels=32, blocks=1, levels=[(1, 0), (2, 2)], middle=1, context=48, vector=20, linear=True, head_channels=16
    ),
}
HINT = [16, 16, 16, 16, 24, 24, 32]


def with_weights(network, prefix):
    weights = {name: random_weight(f"{prefix}.{name}", w.shape, 0) for name, w in network.state_dict().items()}
    network.load_state_dict(weights)
    return network.eval()


def main():
    for name, c in CASES.items():
        torch.manual_seed(7)
        control = with_weights(ControlNet({**c, "hint": HINT}), "control_model")
        network = with_weights(UNet(c), "model.diffusion_model")
        # Odd sizes, which the second half must meet again.
        facts = {
            "x": torch.randn(2, 4, 5, 6),
            "hint": torch.rand(1, 3, 40, 48),
            "timesteps": torch.tensor([17.0, 801.5]),
            "context": torch.randn(2, 7, c["context"]),
        }
        if "vector" in c:
            facts["vector"] = torch.randn(2, c["vector"])
        inputs = facts["timesteps"], facts["context"], facts.get("vector")
        with torch.inference_mode():
            facts["guide"], said = control(facts["x"], facts["hint"], *inputs)
            facts["out"] = network(facts["x"], [0.7 * part for part in said], *inputs)
            facts["uncontrolled"] = network(facts["x"], [0.0] * len(said), *inputs)
        facts.update({f"control{i}": part for i, part in enumerate(said[:-1])}, controlMiddle=said[-1])
        save_file({key: value.contiguous() for key, value in facts.items()}, Path(__file__).parent / f"{name}.safetensors")


if __name__ == "__main__":
    main()
