"""Words for a scene."""
from __future__ import annotations

import random

from .scenes import Scene

STYLE_WORDS = {
    "glossy": ("glossy {}", "glossy icon of {}"), "flat": ("flat {}", "flat icon of {}"),
    "cartoon": ("cartoon {}", "cartoon of {}"), "outline": ("outline of {}", "line drawing of {}"),
    "3d": ("3d {}", "3d render of {}"),
}
ANY_STYLE = ("{}", "a picture of {}", "emoji of {}")


def with_article(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def caption(scene: Scene, rng: random.Random) -> str:
    parts = []
    article = rng.random() < 0.5 or len(scene.objects) == 2
    for i, picture in enumerate(scene.objects):
        words = picture.name
        if i == 0 and scene.paint:
            words = f"{scene.paint} {words}"
        if i == 0 and scene.size == "small" and len(scene.objects) == 1:
            words = f"small {words}"
        elif scene.size == "big":
            words = f"big {words}"
        parts.append(with_article(words) if article else words)
    what = " and ".join(parts)
    if scene.objects[0].tone:
        what += f" with {scene.objects[0].tone} skin tone"
    template = rng.choice(STYLE_WORDS[scene.style] if rng.random() < 0.9 else ANY_STYLE)
    if article and template.endswith(" {}") and not template.endswith("of {}"):  # "a 3d rocket", not "3d a rocket"
        what = what.split(" ", 1)[1]
        template = with_article(template)
    text = template.format(what)
    if scene.place:
        text += f" {scene.place}"
    if scene.background != "white" or rng.random() < 0.4:
        text += f" on a {scene.background} background" if rng.random() < 0.8 else f", {scene.background} background"
    tags = scene.objects[0].tags
    if tags and len(scene.objects) == 1 and rng.random() < 0.1:
        text += ", " + ", ".join(rng.sample(tags, min(2, len(tags))))
    return text
