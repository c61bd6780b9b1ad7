"""Pixels for a scene: exact pasting of pre-rasterised sizes, so nothing is resampled."""
from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F

from .pictures import Pictures
from .scenes import BACKGROUNDS, Scene

_LUMA = np.array([0.299, 0.587, 0.114], np.float32)
_DARK = 70  # luminance of a background that asks for light ink


def repaint(rgb: np.ndarray, alpha: np.ndarray, colour: tuple[int, int, int]) -> np.ndarray:
    """The shading of a picture in one colour: its mean luminance becomes the colour, shadows and lights stay."""
    luma = rgb @ _LUMA / 255
    mean = (luma * alpha).sum() / max(alpha.sum(), 1e-3)
    level = np.clip(0.5 + 0.9 * (luma - mean), 0, 1)[..., None]
    target = np.array(colour, np.float32)
    return np.where(level < 0.5, target * (0.25 + 1.5 * level), target + (255 - target) * (level - 0.5) * 1.4)


def under(out: np.ndarray, alpha: np.ndarray, x: int, y: int, dark: bool) -> None:
    """Puts a 3d object's ground under it: shaded below and to the right, lit where the background is dark.  At 64 pixels the
    glossy set, traced from the 3d one, is the same picture otherwise: this is what the word 3d means here."""
    edge, canvas = alpha.shape[0], out.shape[0]
    soft, off = max(1, edge // 28), edge // 14
    moved = np.zeros((canvas, canvas), np.float32)
    part = moved[y + off:y + off + edge, x + off:x + off + edge]
    part[:] = alpha[:part.shape[0], :part.shape[1]]
    for _ in range(2):
        moved = F.avg_pool2d(torch.from_numpy(moved)[None], 2 * soft + 1, 1, soft)[0].numpy()
    out += ((255.0 if dark else 0.0) - out) * (0.35 if dark else 0.5) * moved[..., None]


def place(scene: Scene, which: int, edge: int, canvas: int) -> tuple[int, int]:
    """Top-left corner (x, y)."""
    middle, margin = (canvas - edge) // 2, canvas // 32
    if len(scene.objects) == 2:
        return (0 if which == 0 else canvas - edge), middle
    return {"on the left": (margin, middle), "on the right": (canvas - edge - margin, middle),
            "at the top": (middle, margin), "at the bottom": (middle, canvas - edge - margin)}.get(scene.place, (middle, middle))


def draw(pictures: Pictures, scene: Scene, shift: tuple[int, int] = (0, 0), colour: np.ndarray | None = None) -> np.ndarray:
    """float32 [edge, edge, 3] in 0..255.  `shift` and `colour` (another background) serve the autoencoder's training."""
    canvas = pictures.pixels["big"].shape[1]
    ground = np.array(BACKGROUNDS[scene.background], np.float32) if colour is None else colour
    out, dark = np.broadcast_to(ground, (canvas, canvas, 3)).astype(np.float32), ground @ _LUMA < _DARK
    for i, picture in enumerate(scene.objects):
        rgba = pictures.pixels[scene.size][picture.index].astype(np.float32)
        rgb, alpha = rgba[..., :3], rgba[..., 3] / 255
        if i == 0 and scene.paint:
            rgb = np.broadcast_to(np.array(BACKGROUNDS[scene.paint], np.float32), rgb.shape) if picture.style == "outline" \
                else repaint(rgb, alpha, BACKGROUNDS[scene.paint])
        elif picture.style == "outline" and dark:
            rgb = 255 - rgb  # light ink on dark paper
        edge = rgba.shape[0]
        x, y = place(scene, i, edge, canvas)
        x, y = min(max(x + shift[0], 0), canvas - edge), min(max(y + shift[1], 0), canvas - edge)
        if picture.style == "3d":
            under(out, alpha, x, y, dark)
        below = out[y:y + edge, x:x + edge]
        out[y:y + edge, x:x + edge] = below + (rgb - below) * alpha[..., None]
    return out
