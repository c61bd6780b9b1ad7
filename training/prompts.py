"""Writes the evaluation's prompts: drawn by a seeded generator with the training's weights, none chosen by hand.

python prompts.py --work FOLDER --out prompts.jsonl            300 prompts, 2 seeds each
python prompts.py --work FOLDER --out sheet.jsonl --sheet      64 prompts of all kinds for the contact sheet
python prompts.py --work FOLDER --out even.jsonl --even        300 prompts, harder than those of training: see FURTHER_WORD
"""
from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

from miniatura import pictures
from miniatura.captions import STYLE_WORDS, with_article
from miniatura.scenes import BACKGROUNDS, PAINTS, Scene, SceneSampler, held_out

KINDS = {"seen": 120, "held-out": 60, "recoloured": 60, "two": 60}


def prompt(scene: Scene) -> str:
    """The plainest of the captions that training uses."""
    names = [with_article(f"{scene.paint} {o.name}" if scene.paint and i == 0 else o.name) for i, o in enumerate(scene.objects)]
    return f"{STYLE_WORDS[scene.style][1].format(' and '.join(names))} on a {scene.background} background"


def draw(sampler: SceneSampler, kind: str) -> Scene:
    rng = sampler.rng
    while True:
        style, ground = rng.choice(list(sampler.by_style)), rng.choice(list(BACKGROUNDS))
        picks = rng.choices(sampler.by_style[style], sampler.style_weights[style], k=2 if kind == "two" else 1)
        paint = rng.choice(PAINTS) if kind == "recoloured" else ""
        if len({p.name for p in picks}) < len(picks) or paint == ground or (paint and set(picks[0].name.split()) & set(PAINTS)):
            continue
        if any(held_out(p.name, p.style, ground) for p in picks) == (kind == "held-out"):
            return Scene(tuple(picks), ground, paint, "small" if kind == "two" else "normal")


def main() -> None:
    args = argparse.ArgumentParser()
    args.add_argument("--work", type=Path, required=True)
    args.add_argument("--out", type=Path, required=True)
    args.add_argument("--sheet", action="store_true")
    args.add_argument("--even", action="store_true", help="names of many words as often as those of one")
    opt = args.parse_args()
    sampler = SceneSampler(pictures.load(opt.work, *[1.0] * opt.even), 64 if opt.sheet else 300)
    sampler.rng = random.Random(64 if opt.sheet else 300)
    kinds = {"seen": 40, "held-out": 8, "recoloured": 8, "two": 8} if opt.sheet else KINDS
    lines = []
    for kind, count in kinds.items():
        for i in range(count):
            scene = draw(sampler, kind)
            for seed in (1,) if opt.sheet else (1, 2):
                lines.append({"id": f"{kind}-{i:03d}-{seed}", "prompt": prompt(scene), "seed": seed, "kind": kind, "style": scene.style,
                              "background": scene.background, "paint": scene.paint, "names": [o.name for o in scene.objects]})
    opt.out.write_text("".join(json.dumps(line) + "\n" for line in lines))
    print(len(lines), "pictures to draw")


if __name__ == "__main__":
    main()
