"""Writes the trained parts as one SD 1 checkpoint.  python export.py --work FOLDER --out ../models/miniatura [--config cpu64]

f16, LDM key names, moving averages of the weights unless told otherwise; the latents' mean and deviation are folded into the autoencoder's 1x1
convolutions so that SD 1's factor 0.18215 gives latents of deviation 1.
"""
from __future__ import annotations

import argparse
import json
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor

from miniatura import pictures
from miniatura.config import CONFIGS
from miniatura.exported import fold_scale
from miniatura.pool import used_ids
from miniatura.text import VOCABULARY
from miniatura.tokens import Tokenizer

def checkpoint(saved: dict, work: Path, weights: str) -> dict[str, Tensor]:
    vae = torch.load(work / "vae.pt", map_location="cpu", weights_only=False)["average"]
    for part, names in (("encoder", ("encoder.", "quant_conv.")), ("decoder", ("decoder.", "post_quant_conv."))):
        later = work / f"vae-{part}.pt"
        if later.exists():
            trained = torch.load(later, map_location="cpu", weights_only=False)["average"]
            vae.update({k: v for k, v in trained.items() if k.startswith(names)})
    out = {f"first_stage_model.{k}": v for k, v in fold_scale(vae, saved["mean"], saved["std"]).items()}
    used = used_ids(pictures.load(work), Tokenizer(work))
    for key, value in saved[weights].items():
        part, name = key.split(".", 1)
        if name == "embeddings.token_embedding.weight":
            value = torch.zeros(VOCABULARY, value.shape[1]).index_copy(0, torch.tensor(used), value)
        out[("model.diffusion_model." if part == "unet" else "cond_stage_model.transformer.text_model.") + name] = value
    return {k: v.half().contiguous() for k, v in out.items()}


def main() -> None:
    args = argparse.ArgumentParser()
    args.add_argument("--work", type=Path, required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--config", default="cpu64", choices=CONFIGS)
    args.add_argument("--weights", default="average", choices=("average", "model"), help="the latest ones lag less in a short training")
    opt = args.parse_args()
    saved = torch.load(opt.work / "unet.pt", map_location="cpu", weights_only=False)
    cfg, state = CONFIGS[opt.config], checkpoint(saved, opt.work, opt.weights)
    opt.out.mkdir(parents=True, exist_ok=True)
    file = opt.out / "miniatura.safetensors"
    save_file(state, file, metadata={"title": "Miniatura", "license": "Apache-2.0", "format": "pt",
                                    "latents": json.dumps([saved["mean"].tolist(), saved["std"].tolist()])})
    file.chmod(0o644)
    card = {
        "name": "miniatura", "title": "Miniatura", "license": "Apache-2.0",
        "native": {"width": cfg.pixels, "height": cfg.pixels, "min": cfg.pixels * 3 // 4, "max": cfg.pixels * 3 // 2, "otherSizes": "upscale"},
        "defaults": {"steps": 20, "cfgScale": 5, "sampler": "DPM++ 2M", "scheduler": "Karras", "width": cfg.pixels, "height": cfg.pixels},
        "upscaler": "esrgan-slim-x4",
        "architecture": {"unetHeads": 8, "textHeads": cfg.text_heads},
    }
    (opt.out / "miniatura.json").write_text(json.dumps(card, indent=2) + "\n")
    print(f"{file.name}: {file.stat().st_size / 1e6:.1f} MB, {len(state)} tensors")


if __name__ == "__main__":
    main()
