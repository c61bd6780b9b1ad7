"""Draws a JSON-lines file of prompts with PyTorch (draw.ts does the same with our engine).

python draw.py --work FOLDER --model ../models/miniatura/miniatura.safetensors --prompts prompts.jsonl --out pictures/
"""
from __future__ import annotations

import argparse
import json
from pathlib import Path

from PIL import Image

from miniatura.checkpoint import Checkpoint, noise_for
from miniatura.config import CONFIGS
from miniatura.tokens import Tokenizer


def main() -> None:
    args = argparse.ArgumentParser()
    for name in ("work", "model", "prompts", "out"):
        args.add_argument(f"--{name}", type=Path, required=True)
    args.add_argument("--config", default="cpu64", choices=CONFIGS)
    args.add_argument("--batch", type=int, default=16)
    opt = args.parse_args()
    model = Checkpoint(opt.model, CONFIGS[opt.config], Tokenizer(opt.work))
    rows = [json.loads(line) for line in opt.prompts.read_text().splitlines()]
    opt.out.mkdir(parents=True, exist_ok=True)
    for i in range(0, len(rows), opt.batch):
        part = rows[i:i + opt.batch]
        drawn = model.draw([r["prompt"] for r in part], noise_for([r["seed"] for r in part], model.cfg))
        for row, pixels in zip(part, drawn.numpy()):
            Image.fromarray(pixels).save(opt.out / f"{row['id']}.png")


if __name__ == "__main__":
    main()
