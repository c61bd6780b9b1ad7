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
from miniatura.features import EDGES, features
from miniatura.scenes import BACKGROUNDS, PAINTS, Scene

BACKGROUND_LIMIT = 12


class Judge:
    def __init__(self, work: Path) -> None:
        self.data, self.cache = pictures.load(work), work / "references"
        self.plain = [p for p in self.data.list if not p.tone]
        self.references = cache(self._references)
        self.cache.mkdir(exist_ok=True)

    def _references(self, background: str, size: str) -> Tensor:
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

    def nearest(self, image: np.ndarray, background: str, size: str = "normal", x: int = 16, used: slice = slice(None)) -> list[int]:
        query = features(self._tensor(self._cut(image, size, x)[None]))
        return torch.cdist(query[:, used], self.references(background, size)[:, used])[0].argsort()[:60].tolist()

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
            names = self.names(self.nearest(image, row["background"], used=EDGES))
            out["colour"] = self.paint(image, row)
            out["colour and object among five"] = out["colour"] and row["names"][0] in names
        else:
            order = self.nearest(image, row["background"])
            names = self.names(order)
            out["style"] = self.plain[order[0]].style == row["style"]
        return out | {"object first": names[0] == row["names"][0], "object among five": row["names"][0] in names}


def main() -> None:
    args = argparse.ArgumentParser()
    for name in ("work", "prompts", "pictures"):
        args.add_argument(f"--{name}", type=Path, required=True)
    args.add_argument("--ceiling", action="store_true", help="score the training pictures themselves: what the measure can reach")
    opt = args.parse_args()
    judge, scores = Judge(opt.work), defaultdict(lambda: defaultdict(list))
    for line in opt.prompts.read_text().splitlines():
        row = json.loads(line)
        if opt.ceiling:
            picks = [next(p for p in judge.data.by_name[n] if p.style == row["style"] and not p.tone) for n in row["names"]]
            image = compose.draw(judge.data, Scene(tuple(picks), row["background"], row["paint"], "small" if len(picks) == 2 else "normal"))
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
