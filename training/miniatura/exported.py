"""Takes an exported checkpoint apart again, so that training can go on from the file alone."""
from __future__ import annotations

import json
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file
from torch import Tensor

SCALE = 0.18215  # SD 1: latent = encode(picture) * SCALE
# mean and deviation of the patches' colours; the fourth channel's cannot be told from the file, and need not be
FIRST = [0.3973544, -0.1517146, 0.264973, 0.0], [0.8459531, 0.82082, 0.7953399, 1.0]


def fold_scale(vae: dict[str, Tensor], mean: Tensor, std: Tensor) -> dict[str, Tensor]:
    """encode: m -> (m - mean) / std / SCALE; decode: z -> z * SCALE * std + mean."""
    vae, z = dict(vae), len(mean)
    gain = 1 / std / SCALE
    weight, bias = vae["quant_conv.weight"].clone(), vae["quant_conv.bias"].clone()
    weight[:z] *= gain.view(-1, 1, 1, 1)
    bias[:z] = (bias[:z] - mean) * gain
    bias[z:] += 2 * gain.log()  # log variance
    vae["quant_conv.weight"], vae["quant_conv.bias"] = weight, bias
    weight, bias = vae["post_quant_conv.weight"], vae["post_quant_conv.bias"]
    vae["post_quant_conv.bias"] = bias + weight[:, :, 0, 0] @ mean
    vae["post_quant_conv.weight"] = weight * (std * SCALE).view(1, -1, 1, 1)
    return vae


def unfold_scale(vae: dict[str, Tensor], mean: Tensor, std: Tensor) -> dict[str, Tensor]:
    """Undoes fold_scale."""
    undone = 1 / (std * SCALE**2)
    return fold_scale(vae, -mean / (std * SCALE), undone)


def part(state: dict[str, Tensor], prefix: str) -> dict[str, Tensor]:
    return {k[len(prefix):]: v.float() for k, v in state.items() if k.startswith(prefix)}


def statistics(file: Path) -> tuple[Tensor, Tensor]:
    """The latents' mean and deviation that export folded into a file: as it says, or those of the first landed files."""
    with safe_open(file, "pt") as opened:
        said = (opened.metadata() or {}).get("latents")
    mean, std = json.loads(said) if said else FIRST
    return torch.tensor(mean), torch.tensor(std)


def autoencoder(file: Path, out: Path) -> None:
    """Writes a snapshot of the autoencoder that load_vae takes."""
    torch.save({"average": unfold_scale(part(load_file(file), "first_stage_model."), *statistics(file))}, out)


def text_and_unet(file: Path, used: list[int]) -> dict[str, Tensor]:
    """train_unet.Model's weights."""
    state = load_file(file)
    text = part(state, "cond_stage_model.transformer.text_model.")
    table = "embeddings.token_embedding.weight"
    text[table] = text[table][used]
    unet = part(state, "model.diffusion_model.")
    return {f"text.{k}": v for k, v in text.items()} | {f"unet.{k}": v for k, v in unet.items()}
