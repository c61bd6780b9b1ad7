"""Learns the evaluation's metric from the training pictures and prints how often it knows a worn picture.

python train_metric.py --work FOLDER

Half of the names teach it, the others measure it.  It never sees a picture that the model drew.
"""
from __future__ import annotations

import argparse
import hashlib
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from evaluate import Judge
from miniatura import compose, pictures
from miniatura.config import CONFIGS
from miniatura.features import EDGES, features
from miniatura.metric import whitening, worn
from miniatura.pictures import STYLES
from miniatura.scenes import BACKGROUNDS, Scene, SceneSampler
from miniatura.vae import copied, load_vae

TEACH, MEASURE, GROUNDS = 2400, 600, ("white", "blue")


def teaches(name: str) -> bool:
    return hashlib.sha256(f"metric|{name}".encode()).digest()[0] < 128


def main() -> None:
    args = argparse.ArgumentParser()
    args.add_argument("--work", type=Path, required=True)
    args.add_argument("--config", default="cpu64", choices=CONFIGS)
    opt = args.parse_args()
    data, generator = pictures.load(opt.work), torch.Generator().manual_seed(0)
    vae, sampler = load_vae(opt.work, CONFIGS[opt.config], torch.device("cpu")), SceneSampler(data, 7)

    def scenes(count: int, teaching: bool) -> list[Scene]:
        """Single objects, all styles alike."""
        found: list[Scene] = []
        while len(found) < count:
            style = STYLES[len(found) % len(STYLES)]
            picture = sampler.rng.choices(sampler.by_style[style], sampler.style_weights[style])[0]
            if teaches(picture.name) == teaching:
                found.append(Scene((picture,), sampler.rng.choice(list(BACKGROUNDS) if teaching else GROUNDS)))
        return found

    def pixels(drawn: list[Scene]) -> Tensor:
        return torch.from_numpy(np.stack([compose.draw(data, s) for s in drawn])).permute(0, 3, 1, 2) / 255

    def pair(drawn: list[Scene]) -> tuple[Tensor, Tensor]:
        """Features before and after the autoencoder and wear."""
        plain = pixels(drawn)
        return features(plain), features(worn(copied(vae, plain), generator))

    kept = opt.work / "metric-pairs.pt"
    tests = scenes(MEASURE, False)
    if kept.exists():
        before, after, seen = torch.load(kept)
    else:
        (before, after), (_, seen) = pair(scenes(TEACH, True)), pair(tests)
        torch.save((before, after, seen), kept)
    learned = whitening(after - before)
    torch.save({"all": learned, "edges": whitening((after - before)[:, EDGES])}, opt.work / "metric.pt")

    judge = Judge(opt.work, plain=True)
    plain = judge.plain
    for what, metric in (("plain", torch.eye(len(learned))), ("learned", learned)):
        right = {"object first": 0, "object among five": 0, "style": 0}
        table = torch.zeros(len(STYLES), len(STYLES), dtype=torch.long)
        for ground in GROUNDS:
            known = judge.raw_references(ground, "normal") @ metric
            for i, scene in enumerate(tests):
                if scene.background != ground:
                    continue
                order = torch.cdist(seen[i:i + 1] @ metric, known)[0].argsort()[:60].tolist()
                names, truth = list(dict.fromkeys(plain[j].name for j in order)), scene.objects[0]
                right["object first"] += names[0] == truth.name
                right["object among five"] += truth.name in names[:5]
                right["style"] += plain[order[0]].style == truth.style
                table[STYLES.index(truth.style), STYLES.index(plain[order[0]].style)] += 1
        print(what, ", ".join(f"{k} {100 * v / len(tests):.1f} %" for k, v in right.items()))
        print("\n".join(f"  {s:8}" + "".join(f"{n:5}" for n in row) for s, row in zip(STYLES, table.tolist())))


if __name__ == "__main__":
    main()
