"""The rasterised picture sets: pixels in three sizes, cleaned names, and how often each picture is drawn in training."""
from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

STYLES = ("glossy", "flat", "cartoon", "outline", "3d")
TONES = ("light", "medium light", "medium", "medium dark", "dark")
FURTHER_WORD = 0.3  # what each word after a name's first leaves of its weight: people ask for a cat before a mouse trap
_TONE_TAIL = re.compile(r"^(.*) (medium light|medium dark|light|medium|dark)$")
_PEOPLE_GROUP, _SYMBOLS_GROUP = 1, 8  # of emojibase


@dataclass
class Picture:
    index: int  # row in the pixel files
    style: str
    name: str
    tone: str
    tags: list[str]
    group: int
    weight: float = 1.0


@dataclass
class Pictures:
    list: list[Picture]
    pixels: dict[str, np.ndarray]  # size name -> uint8 [row, edge, edge, RGBA]
    by_name: dict[str, list[Picture]] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        return sorted(self.by_name)


def load(work: Path, further_word: float = FURTHER_WORD) -> Pictures:
    about = json.loads((work / "pictures.json").read_text())
    rows = about["list"]
    pixels = {name: np.fromfile(work / f"{name}.rgba", np.uint8).reshape(len(rows), int(edge), int(edge), 4)
              for name, edge in about["sizes"].items()}
    known = {row["name"] for row in rows}
    kept = []
    for index, row in enumerate(rows):
        name, tone = row["name"], row["tone"]
        tail = _TONE_TAIL.match(name)
        if row["group"] == -1 and tail and tail[1] in known:
            name, tone = tail[1], tail[2]
        if "skin tone" in name or re.search(r"tone ?\d", name) or len(name) < 3:
            continue
        kept.append(Picture(index, row["style"], name, tone, [t for t in row["tags"] if t.isascii()], row["group"]))
    _weigh(kept, further_word)
    by_name: dict[str, list[Picture]] = defaultdict(list)
    for picture in kept:
        by_name[picture.name].append(picture)
    return Pictures(kept, pixels, dict(by_name))


def _weigh(pictures: list[Picture], further_word: float) -> None:
    """Skin tones of one picture share one weight; people, signs, what few sets have and names of many words count little."""
    toned: dict[tuple[str, str], int] = defaultdict(int)
    styles: dict[str, set[str]] = defaultdict(set)
    for p in pictures:
        toned[p.style, p.name] += bool(p.tone)
        styles[p.name].add(p.style)
    for p in pictures:
        p.weight = 0.15 if p.group in (_PEOPLE_GROUP, _SYMBOLS_GROUP) or len(styles[p.name]) < 3 else 1.0
        p.weight *= further_word ** (len(p.name.split()) - 1)
        if p.tone:
            p.weight *= 0.6 / toned[p.style, p.name]
