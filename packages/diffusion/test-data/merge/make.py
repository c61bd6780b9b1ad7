"""
Makes the tiny checkpoints of this folder and what PyTorch computes from them, by hand: python make.py
(PyTorch 2.x, safetensors). The arithmetic is that of A1111's checkpoint merger: (1 - m) a + m b, a + m (b - c), on
tensors with "model" in their name, each step in the tensors' own types.
"""
from pathlib import Path

import torch
from safetensors.torch import save_file

torch.manual_seed(5)
here = Path(__file__).parent
first = "model.diffusion_model.input_blocks.0.0.weight"
positions = "cond_stage_model.transformer.text_model.embeddings.position_ids"


def checkpoint(dtype, channels=4):
    return {
        first: torch.randn(4, channels, 3, 3).to(dtype),
        "model.diffusion_model.out.2.bias": (torch.randn(5) * 1e-3).to(dtype),
        "cond_stage_model.transformer.text_model.final_layer_norm.weight": torch.randn(7).to(dtype),
        positions: torch.randint(0, 77, (1, 3)),
        "first_stage_model.decoder.conv_in.weight": torch.randn(3, 2, 3, 3).to(dtype),
        "model_ema.num_updates": torch.tensor(int(torch.randint(0, 1000, ())), dtype=torch.int32),
        "betas": torch.rand(4),
    }


a = checkpoint(torch.float32)
b = checkpoint(torch.float16)
c = checkpoint(torch.float16)
d = checkpoint(torch.bfloat16)
inpaint = checkpoint(torch.float16, 9)
edit = checkpoint(torch.float32, 8)
a["model.diffusion_model.only_a"] = torch.randn(3)
b["model.diffusion_model.only_b"] = torch.randn(3).half()
del c["model.diffusion_model.out.2.bias"]
vae = {"decoder.conv_in.weight": torch.randn(3, 2, 3, 3), "decoder.more": torch.randn(2)}


def half(tensor, on):
    return tensor.half() if on and tensor.dtype == torch.float32 else tensor


def merge(one, two, three=None, m=0.3, save_half=False, kind="sum"):
    result = {key: value.clone() for key, value in one.items()}
    if kind == "none":
        return {key: half(value, save_half) for key, value in result.items()}
    other = dict(two)
    if kind == "difference":
        for key in other:
            if "model" in key and key != positions:
                other[key] = other[key] - three[key] if key in three else torch.zeros_like(other[key])
    for key in result:
        if "model" not in key or key not in other or key == positions:
            continue
        x, y = result[key], other[key]
        formula = (lambda p, q: (1 - m) * p + m * q) if kind == "sum" else (lambda p, q: p + m * q)
        if x.shape != y.shape:
            x[:, 0:4] = formula(x[:, 0:4], y)
            result[key] = x
        else:
            result[key] = formula(x, y)
        result[key] = half(result[key], save_half)
    return result


for name, tensors in {"a": a, "c": c, "d": d, "inpaint": inpaint, "edit": edit}.items():
    save_file(tensors, here / f"{name}.safetensors")
torch.save({"state_dict": b}, here / "b.ckpt")
save_file(vae, here / "vae.safetensors")

baked = merge(a, b)
baked["first_stage_model.decoder.conv_in.weight"] = vae["decoder.conv_in.weight"]
for name, tensors in {
    "sum": merge(a, b),
    "sum-half": merge(a, b, m=0.65, save_half=True),
    "sum-f16": merge(b, c, m=0.7),
    "sum-mixed": merge(d, b, m=0.1),
    "sum-bf16": merge(d, d, m=0.45),
    "difference": merge(a, b, c, m=1.0, kind="difference"),
    "difference-f16": merge(b, c, d, m=0.35, kind="difference"),
    "inpainting": merge(inpaint, b, m=0.5),
    "editing-difference": merge(edit, b, c, m=0.5, kind="difference"),
    "none-half": merge(a, None, save_half=True, kind="none"),
    "baked": baked,
}.items():
    save_file(tensors, here / f"expected-{name}.safetensors")
