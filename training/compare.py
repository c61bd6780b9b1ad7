"""Relative error of the engine's final latents against PyTorch's, same prompts and noise.

node scripts/bootstrap.mjs training/draw.ts --prompts p.jsonl --out DIR --latents --limit 8
python compare.py --work FOLDER --model miniatura.safetensors --prompts p.jsonl --pictures DIR
"""
from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch

from miniatura.checkpoint import Checkpoint, noise_for
from miniatura.config import CONFIGS
from miniatura.tokens import Tokenizer


def main() -> None:
    args = argparse.ArgumentParser()
    for name in ("work", "model", "prompts", "pictures"):
        args.add_argument(f"--{name}", type=Path, required=True)
    args.add_argument("--config", default="cpu64", choices=CONFIGS)
    opt = args.parse_args()
    model, worst = Checkpoint(opt.model, CONFIGS[opt.config], Tokenizer(opt.work)), 0.0
    for line in opt.prompts.read_text().splitlines():
        row = json.loads(line)
        file = opt.pictures / f"{row['id']}.f32"
        if not file.exists():
            continue
        ours = torch.from_numpy(np.fromfile(file, np.float32))
        theirs = model.latents([row["prompt"]], noise_for([row["seed"]], model.cfg)).flatten()
        error = ((ours - theirs).norm() / theirs.norm()).item()
        worst = max(worst, error)
        print(f"{row['id']}  {error:.2e}  {row['prompt']}")
    print(f"worst relative error {worst:.2e}")


if __name__ == "__main__":
    main()
