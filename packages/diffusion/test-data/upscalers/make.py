"""
Makes the tiny upscalers of this folder and what PyTorch gives for them, by hand: python make.py
(PyTorch and Pillow; written for 2.x and 13). Networks are written from the papers' descriptions, with random weights:
ESRGAN in the three layouts that files have, ESRGAN+, once, twice, four and eight times the size, and the compact one.
"""
import base64
import hashlib
import json
import math
from pathlib import Path

import torch
from PIL import Image
from torch import nn
from torch.nn import functional as F

torch.manual_seed(7)
here = Path(__file__).parent
WIDTH, GROWTH = 6, 4


def random_state(shapes):
    state = {}
    for name, shape in shapes.items():
        fan = math.prod(shape[1:]) if len(shape) > 1 else 1
        scale = 0.3 if len(shape) == 1 else 1.2 / math.sqrt(fan)
        state[name] = torch.randn(shape) * scale
    return state


def conv(state, name, x):
    weight = state[f"{name}.weight"]
    return F.conv2d(x, weight, state.get(f"{name}.bias"), padding=weight.shape[-1] // 2)


def lrelu(x):
    return F.leaky_relu(x, 0.2)


def rrdb(state, n, x, ups, blocks, packing=1):
    """n: names of the layers; x: [1, 3, h, w]."""
    if packing > 1:
        x = F.pixel_unshuffle(x, packing)
    first = conv(state, n["first"], x)
    h = first
    for block in range(blocks):
        around = h
        for dense in (1, 2, 3):
            name = lambda one: n["dense"].format(block=block, dense=dense, conv=one)
            parts = [h]
            for i in (1, 2, 3, 4):
                part = lrelu(conv(state, name(i), torch.cat(parts, 1)))
                plus = n.get("plus", "").format(block=block, dense=dense)
                if plus and i == 2:
                    part = part + conv(state, plus, h)
                if plus and i == 4:
                    part = part + parts[2]
                parts.append(part)
            h = conv(state, name(5), torch.cat(parts, 1)) * 0.2 + h
        h = h * 0.2 + around
    h = first + conv(state, n["trunk"], h)
    for up in ups:
        h = lrelu(conv(state, up, F.interpolate(h, scale_factor=2, mode="nearest")))
    return conv(state, n["last"], lrelu(conv(state, n["large"], h)))


def rrdb_shapes(n, ups, blocks, packing=1):
    shapes = {}

    def add(name, out, into, size=3, bias=True):
        shapes[f"{name}.weight"] = (out, into, size, size)
        if bias:
            shapes[f"{name}.bias"] = (out,)

    add(n["first"], WIDTH, 3 * packing**2)
    for block in range(blocks):
        for dense in (1, 2, 3):
            for i in (1, 2, 3, 4, 5):
                add(n["dense"].format(block=block, dense=dense, conv=i), WIDTH if i == 5 else GROWTH, WIDTH + (i - 1) * GROWTH)
            if "plus" in n:
                add(n["plus"].format(block=block, dense=dense), GROWTH, WIDTH, 1, bias=False)
    add(n["trunk"], WIDTH, WIDTH)
    for up in ups:
        add(up, WIDTH, WIDTH)
    add(n["large"], WIDTH, WIDTH)
    add(n["last"], 3, WIDTH)
    return shapes


def sequence(doublings, blocks, plus=False):
    last = 4 + 3 * doublings
    names = {
        "first": "model.0",
        "dense": "model.1.sub.{block}.RDB{dense}.conv{conv}.0",
        "trunk": f"model.1.sub.{blocks}",
        "large": f"model.{last - 2}",
        "last": f"model.{last}",
    }
    if plus:
        names["plus"] = "model.1.sub.{block}.RDB{dense}.conv1x1"
    return names, [f"model.{3 * i + 3}" for i in range(doublings)]


bsrgan = (
    {"first": "conv_first", "dense": "RRDB_trunk.{block}.RDB{dense}.conv{conv}", "trunk": "trunk_conv", "large": "HRconv", "last": "conv_last"},
    ["upconv1", "upconv2"],
)
real = (
    {"first": "conv_first", "dense": "body.{block}.rdb{dense}.conv{conv}", "trunk": "conv_body", "large": "conv_hr", "last": "conv_last"},
    ["conv_up1", "conv_up2"],
)


def compact(state, x, layers, scale):
    h = x
    for i in range(layers + 1):
        h = F.prelu(conv(state, f"body.{2 * i}", h), state[f"body.{2 * i + 1}.weight"])
    h = conv(state, f"body.{2 * layers + 2}", h)
    return F.pixel_shuffle(h, scale) + F.interpolate(x, scale_factor=scale, mode="nearest")


def compact_shapes(layers, scale):
    shapes = {}
    for i in range(layers + 1):
        shapes[f"body.{2 * i}.weight"] = (WIDTH, WIDTH if i else 3, 3, 3)
        shapes[f"body.{2 * i}.bias"] = (WIDTH,)
        shapes[f"body.{2 * i + 1}.weight"] = (WIDTH,)
    shapes[f"body.{2 * layers + 2}.weight"] = (3 * scale**2, WIDTH, 3, 3)
    shapes[f"body.{2 * layers + 2}.bias"] = (3 * scale**2,)
    return shapes


height, width = 6, 10
pixels = torch.randint(0, 256, (height, width, 3), dtype=torch.uint8)
x = pixels.permute(2, 0, 1)[None].float() / 255
cases = []


def case(name, file, scale, state, wrap, y, half=False):
    if half:
        state = {key: value.half() for key, value in state.items()}
    torch.save({wrap: state} if wrap else state, here / file)
    cases.append({"name": name, "file": file, "scale": scale, "values": base64.b64encode((y * 255).contiguous().numpy().tobytes()).decode()})


def calm(y):
    """What brings the values into the range of pictures, so that nothing hides in what is cut off."""
    return 0.5 / y.abs().max()


def add(name, file, scale, run, shapes, last, wrap=None, half=False):
    state = random_state(shapes)
    if half:
        state = {key: value.half().float() for key, value in state.items()}
    with torch.no_grad():
        y = run(state)
        if last:
            factor = calm(y)
            for kind in ("weight", "bias"):
                state[f"{last}.{kind}"] = state[f"{last}.{kind}"] * factor
            state[f"{last}.bias"] += 0.5
            if half:
                state = {key: value.half().float() for key, value in state.items()}
        y = run(state)
    case(name, file, scale, state, wrap, y, half)


for doublings in (0, 1, 2, 3):
    n, ups = sequence(doublings, 2)
    add(f"ESRGAN, its own layout, x{2**doublings}", f"esrgan-x{2**doublings}.pth", 2**doublings, lambda s: rrdb(s, n, x, ups, 2), rrdb_shapes(n, ups, 2), n["last"])
n, ups = sequence(2, 1, plus=True)
add("ESRGAN+", "esrgan-plus.pth", 4, lambda s: rrdb(s, n, x, ups, 1), rrdb_shapes(n, ups, 1), n["last"])
n, ups = bsrgan
add("BSRGAN's layout", "bsrgan.pth", 4, lambda s: rrdb(s, n, x, ups, 2), rrdb_shapes(n, ups, 2), n["last"])
n, ups = real
add("Real-ESRGAN's layout, half precision", "RealESRGAN_x4plus.pth", 4, lambda s: rrdb(s, n, x, ups, 2), rrdb_shapes(n, ups, 2), n["last"], "params_ema", half=True)
add("Real-ESRGAN for twice the size", "real-x2.pth", 2, lambda s: rrdb(s, n, x, ups, 1, 2), rrdb_shapes(n, ups, 1, 2), n["last"], "params_ema")


def reflected(s):
    """6 x 10 pixels are no whole packs of 4: mirrored at the right and below, and cut off again."""
    return rrdb(s, n, F.pad(x, (0, 2, 0, 2), "reflect"), ups, 1, 4)[:, :, :height, :width]


add("Real-ESRGAN for the same size", "real-x1.pth", 1, reflected, rrdb_shapes(n, ups, 1, 4), n["last"], "params")
for scale in (4, 2):
    add(f"the compact network, x{scale}", f"compact-x{scale}.pth", scale, lambda s: compact(s, x, 3, scale) * 1.0, compact_shapes(3, scale), None, "params")

# What A1111 does with a picture of several tiles: Pillow's paste with a mask that fades in.
tile, overlap, factor = 192, 8, 2
wide, high = 430, 200
big = Image.frombytes("RGB", (wide, high), bytes(((i * 7919) >> 3) % 256 for i in range(wide * high * 3)))


def starts(length):
    count = math.ceil((length - overlap) / (tile - overlap))
    step = (length - tile) / (count - 1) if count > 1 else 0
    return [min(length - tile, int(i * step)) for i in range(count)]


def ramp(size, vertical):
    mask = Image.new("L", size)
    for i in range(overlap * factor):
        box = (0, i, size[0], i + 1) if vertical else (i, 0, i + 1, size[1])
        mask.paste(int(i * 255 / (overlap * factor)), box)
    return mask


whole = Image.new("RGB", (wide * factor, high * factor))
for number, top in enumerate(starts(high)):
    strip = Image.new("RGB", (wide * factor, tile * factor))
    for place, left in enumerate(starts(wide)):
        part = big.crop((left, top, left + tile, top + tile)).resize((tile * factor, tile * factor), Image.NEAREST)
        # Each tile a little darker than the one before, so that seams would show.
        part = part.point(lambda value: max(0, value - 16 * (place + number)))
        if left == 0:
            strip.paste(part, (0, 0))
            continue
        band = part.crop((0, 0, overlap * factor, tile * factor))
        strip.paste(band, (left * factor, 0), mask=ramp(band.size, False))
        strip.paste(part.crop((overlap * factor, 0, tile * factor, tile * factor)), ((left + overlap) * factor, 0))
    if top == 0:
        whole.paste(strip, (0, 0))
        continue
    band = strip.crop((0, 0, wide * factor, overlap * factor))
    whole.paste(band, (0, top * factor), mask=ramp(band.size, True))
    whole.paste(strip.crop((0, overlap * factor, wide * factor, tile * factor)), (0, (top + overlap) * factor))

nearest = big.resize((617, 77), Image.NEAREST)
facts = {
    "image": {"width": width, "height": height, "data": base64.b64encode(pixels.numpy().tobytes()).decode()},
    "cases": cases,
    "tiles": {"width": wide, "height": high, "factor": factor, "darker": 16, "sha256": hashlib.sha256(whole.tobytes()).hexdigest()},
    "nearest": {"width": 617, "height": 77, "sha256": hashlib.sha256(nearest.tobytes()).hexdigest()},
}
(here / "facts.json").write_text(json.dumps(facts) + "\n")
