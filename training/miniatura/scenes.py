"""What a training example shows: one or two objects, their style, colour, size and place, and a background."""
from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass

from .pictures import STYLES, Picture, Pictures

BACKGROUNDS = {
    "red": (220, 40, 40), "orange": (245, 140, 30), "yellow": (250, 215, 60), "green": (60, 170, 75), "teal": (40, 160, 160),
    "blue": (50, 100, 220), "navy": (25, 35, 90), "purple": (130, 70, 190), "pink": (245, 150, 190), "brown": (130, 85, 50),
    "black": (20, 20, 20), "gray": (128, 128, 128), "white": (255, 255, 255), "beige": (240, 225, 195),
}
PAINTS = ("red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "black", "white", "gray")
PLACES = ("on the left", "on the right", "at the top", "at the bottom")
SHARES = {"simple": 0.45, "pair": 0.27, "paint": 0.2, "place": 0.08}  # one plainly coloured object at its usual place, two, one in a paint, ...
_COLOUR_WORDS = set(BACKGROUNDS) | {"white", "grey", "dark", "golden"}


@dataclass(frozen=True)
class Scene:
    objects: tuple[Picture, ...]  # one, or two of the same style side by side
    background: str
    paint: str = ""  # recolours the (first) object
    size: str = "normal"  # normal, small, big
    place: str = ""

    @property
    def style(self) -> str:
        return self.objects[0].style


def held_out(name: str, style: str, background: str) -> bool:
    """One combination in 50 is never trained on; white, the most common background, is always trained."""
    if background == "white":
        return False
    return hashlib.sha256(f"{name}|{style}|{background}".encode()).digest()[0] < 5


class SceneSampler:
    """Draws scenes with a seeded generator."""

    def __init__(self, pictures: Pictures, seed: int) -> None:
        self.rng = random.Random(seed)
        self.plain = [p for p in pictures.list if not p.tone]
        self.by_style = {s: [p for p in self.plain if p.style == s] for s in STYLES}
        self.style_weights = {s: [p.weight for p in group] for s, group in self.by_style.items()}
        self.all, self.weights = pictures.list, [p.weight for p in pictures.list]

    def _background(self) -> str:
        return "white" if self.rng.random() < 0.3 else self.rng.choice(list(BACKGROUNDS))

    def _draw(self) -> Scene:
        rng = self.rng
        kind = rng.choices(list(SHARES), list(SHARES.values()))[0]
        if kind == "simple":
            return Scene((rng.choices(self.all, self.weights)[0],), self._background())
        if kind == "pair":
            style = rng.choice(STYLES)
            return Scene(tuple(rng.choices(self.by_style[style], self.style_weights[style], k=2)), self._background(), size="small")
        picture = rng.choices(self.all, self.weights)[0]
        if kind == "paint" and not _COLOUR_WORDS & set(picture.name.split()) and not picture.tone:
            return Scene((picture,), self._background(), paint=rng.choice(PAINTS))
        size = rng.choice(("small", "small", "small", "big"))
        return Scene((picture,), self._background(), size=size, place=rng.choice(PLACES) if size == "small" and rng.random() < 0.75 else "")

    def draw(self) -> Scene:
        while True:
            scene = self._draw()
            if scene.paint == scene.background or (len(scene.objects) == 2 and scene.objects[0].name == scene.objects[1].name):
                continue
            if not any(held_out(o.name, o.style, scene.background) for o in scene.objects):
                return scene
