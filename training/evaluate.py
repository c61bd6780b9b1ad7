"""Scores drawn pictures against the training pictures and prints the card's table.

python evaluate.py --work FOLDER --prompts prompts.jsonl --pictures DIR

The named object counts as first if the nearest of all training pictures (every name and style, on the prompt's background)
in the space of miniatura/features.py carries its name, as among five if one of the five nearest names is it; the style is
that nearest picture's.
"""
from __future__ import annotations

import argparse
import json
from collections import defaultdict
from functools import cache
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from miniatura import compose, pictures
from miniatura.colour import ciede2000
from miniatura.config import CONFIGS
from miniatura.features import EDGES, features
from miniatura.scenes import BACKGROUNDS, PAINTS, Scene
from miniatura.vae import copied, load_vae

BACKGROUND_LIMIT = 12


class Judge:
    """`plain` leaves the features as they are instead of weighing them by the learned metric (train_metric.py)."""

    def __init__(self, work: Path, plain: bool = False) -> None:
        self.data, self.cache = pictures.load(work), work / "references"
        self.metrics = {} if plain else torch.load(work / "metric.pt")
        self.plain = [p for p in self.data.list if not p.tone]
        self.references = cache(self._references)
        self.cache.mkdir(exist_ok=True)

    def weigh(self, raw: Tensor, space: str) -> Tensor:
        """`space`: all features, or edges alone."""
        used = raw[:, EDGES] if space == "edges" else raw
        return used @ self.metrics[space] if self.metrics else used

    def _references(self, background: str, size: str, space: str) -> Tensor:
        return self.weigh(self.raw_references(background, size), space)

    def raw_references(self, background: str, size: str) -> Tensor:
        """Features of every training picture on a background; kept in the work folder."""
        file, parts = self.cache / f"{background}-{size}.pt", []
        if file.exists():
            return torch.load(file).float()
        for i in range(0, len(self.plain), 256):
            scenes = [Scene((p,), background, size=size) for p in self.plain[i:i + 256]]
            images = np.stack([self._cut(compose.draw(self.data, s), size) for s in scenes])
            parts.append(features(self._tensor(images)))
        torch.save(torch.cat(parts).half(), file)
        return torch.cat(parts)

    @staticmethod
    def _cut(image: np.ndarray, size: str, x: int = 16) -> np.ndarray:
        """The place of a small object, enlarged; the whole picture otherwise."""
        if size != "small":
            return image
        part = torch.from_numpy(np.ascontiguousarray(image[16:48, x:x + 32])).permute(2, 0, 1)[None].float()
        return torch.nn.functional.interpolate(part, (64, 64), mode="bilinear")[0].permute(1, 2, 0).numpy()

    @staticmethod
    def _tensor(images: np.ndarray) -> Tensor:
        return torch.from_numpy(images).float().permute(0, 3, 1, 2) / 255

    def nearest(self, image: np.ndarray, background: str, size: str = "normal", x: int = 16, space: str = "all") -> list[int]:
        query = self.weigh(features(self._tensor(self._cut(image, size, x)[None])), space)
        return torch.cdist(query, self.references(background, size, space))[0].argsort()[:60].tolist()

    def names(self, order: list[int], count: int = 5) -> list[str]:
        return list(dict.fromkeys(self.plain[i].name for i in order))[:count]

    def ground(self, image: np.ndarray, background: str) -> bool:
        frame = np.concatenate([image[:3].reshape(-1, 3), image[-3:].reshape(-1, 3), image[:, :3].reshape(-1, 3), image[:, -3:].reshape(-1, 3)])
        return ciede2000(np.median(frame, 0), np.array(BACKGROUNDS[background], float)) < BACKGROUND_LIMIT

    def paint(self, image: np.ndarray, row: dict) -> bool:
        """The mean colour where the training picture has its object is nearest to the asked paint, as that paint really looks."""
        object_ = next(p for p in self.data.by_name[row["names"][0]] if p.style == row["style"] and not p.tone)
        margin = (image.shape[0] - self.data.pixels["normal"].shape[1]) // 2
        alpha = np.pad(self.data.pixels["normal"][object_.index][..., 3:] / 255, ((margin, margin), (margin, margin), (0, 0))) > 0.9
        mean = lambda picture: (picture * alpha).sum((0, 1)) / max(alpha.sum(), 1)
        painted = {c: mean(compose.draw(self.data, Scene((object_,), row["background"], c))) for c in PAINTS}
        seen = mean(image.astype(float))
        return min(painted, key=lambda c: ciede2000(seen, painted[c])) == row["paint"]

    def judge(self, row: dict, image: np.ndarray) -> dict[str, bool]:
        out = {"background": self.ground(image, row["background"])}
        if row["kind"] == "two":
            found = [self.names(self.nearest(image, row["background"], "small", x)) for x in (0, 32)]
            each = [n in f for n, f in zip(row["names"], found)]
            return out | {"both among five": all(each), "one among five": any(each), "both first": all(n == f[0] for n, f in zip(row["names"], found))}
        if row["paint"]:
            names = self.names(self.nearest(image, row["background"], space="edges"))
            out["colour"] = self.paint(image, row)
            out["colour and object among five"] = out["colour"] and row["names"][0] in names
        else:
            order = self.nearest(image, row["background"])
            names = self.names(order)
            out["style"] = self.plain[order[0]].style == row["style"]
        return out | {"object first": names[0] == row["names"][0], "object among five": row["names"][0] in names}


def main() -> None:
    args = argparse.ArgumentParser()
    for name in ("work", "prompts"):
        args.add_argument(f"--{name}", type=Path, required=True)
    args.add_argument("--pictures", type=Path)
    args.add_argument("--ceiling", choices=("pixels", "autoencoder"),
                      help="score the training pictures themselves, or the autoencoder's copies of them: what the measure can reach")
    args.add_argument("--plain", action="store_true", help="with the features as they are, without the learned metric")
    args.add_argument("--config", default="cpu64", choices=CONFIGS)
    opt = args.parse_args()
    vae = load_vae(opt.work, CONFIGS[opt.config], torch.device("cpu")) if opt.ceiling == "autoencoder" else None
    judge, scores = Judge(opt.work, opt.plain), defaultdict(lambda: defaultdict(list))
    for line in opt.prompts.read_text().splitlines():
        row = json.loads(line)
        if opt.ceiling:
            picks = [next(p for p in judge.data.by_name[n] if p.style == row["style"] and not p.tone) for n in row["names"]]
            image = compose.draw(judge.data, Scene(tuple(picks), row["background"], row["paint"], "small" if len(picks) == 2 else "normal"))
            if opt.ceiling == "autoencoder":
                image = (copied(vae, Judge._tensor(image[None]))[0].permute(1, 2, 0) * 255).round().numpy()
        else:
            image = np.asarray(Image.open(opt.pictures / f"{row['id']}.png").convert("RGB")).astype(np.float32)
        for what, right in judge.judge(row, image).items():
            scores[row["kind"]][what].append(right)
            if what == "background" or (row["kind"] in ("seen", "held-out") and what != "background"):
                scores["all"][what].append(right)
    print("| prompts | what | right | of |\n|---|---|---|---|")
    for kind, rows in scores.items():
        for what, values in rows.items():
            print(f"| {kind} | {what} | {100 * np.mean(values):.1f} % | {len(values)} |")


if __name__ == "__main__":
    main()
