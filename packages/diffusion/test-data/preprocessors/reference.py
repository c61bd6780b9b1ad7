"""What OpenCV makes of small pictures: resizing, edges, blurs, thinning, and preprocessors put together from them. What
`opencv.test.ts` and `preprocessors.test.ts` compare the engine with.

Usage: python3 reference.py; writes facts.json beside it. Needs numpy and opencv-python-headless.
"""
import base64
import json
import zlib
from pathlib import Path

import cv2
import numpy as np

random = np.random.default_rng(11)


def smooth(width, height, sigma):
    noise = random.random((height, width, 3)).astype(np.float32)
    noise = cv2.GaussianBlur(noise, (0, 0), sigma)
    low, high = noise.min(), noise.max()
    return ((noise - low) / (high - low) * 255).astype(np.uint8)


def shapes(width, height):
    picture = np.full((height, width, 3), (250, 240, 200), np.uint8)
    cv2.circle(picture, (width // 3, height // 2), height // 3, (20, 40, 160), -1)
    cv2.line(picture, (2, height - 3), (width - 4, 5), (10, 10, 10), 2)
    cv2.rectangle(picture, (width // 2, 4), (width - 6, height // 2), (90, 200, 30), 1)
    return picture


def encoded(picture):
    channels = 1 if picture.ndim == 2 else picture.shape[2]
    data = base64.b64encode(zlib.compress(np.ascontiguousarray(picture).tobytes(), 9)).decode()
    return {"width": picture.shape[1], "height": picture.shape[0], "channels": channels, "data": data}


PICTURES = {"smooth": smooth(61, 47, 2.5), "shapes": shapes(72, 50), "noise": smooth(33, 40, 0.6)}


def resizes():
    kinds = {"nearest": cv2.INTER_NEAREST, "area": cv2.INTER_AREA, "cubic": cv2.INTER_CUBIC}
    sizes = {
        "nearest": [(30, 20), (97, 64)],
        "area": [(30, 20), (36, 25), (24, 10), (60, 46), (20, 60)],
        "cubic": [(97, 64), (30, 20), (122, 94)],
    }
    for kind, flag in kinds.items():
        for size in sizes[kind]:
            for name in ("smooth", "shapes"):
                result = cv2.resize(PICTURES[name], size, interpolation=flag)
                yield {"kind": kind, "image": name, "result": encoded(result)}


def edges():
    for name in ("smooth", "shapes", "noise"):
        for low, high in ((100, 200), (20, 60), (60, 20), (1, 1), (255, 255)):
            result = cv2.Canny(PICTURES[name], low, high)
            yield {"image": name, "low": low, "high": high, "result": encoded(result)}


def blurs():
    for name in ("smooth", "noise"):
        for sigma in (0.5, 1.0, 2.3, 9.0):
            yield {"image": name, "sigma": sigma, "result": encoded(cv2.GaussianBlur(PICTURES[name], (0, 0), sigma))}


def at_resolution(picture, resolution, look=lambda seen: seen):
    scale = resolution / min(picture.shape[:2])
    width, height = (int(np.round(side * scale)) for side in (picture.shape[1], picture.shape[0]))
    seen = cv2.resize(picture, (width, height), interpolation=cv2.INTER_CUBIC if scale > 1 else cv2.INTER_AREA)
    seen = np.pad(seen, ((0, -height % 64), (0, -width % 64), (0, 0)), mode="edge")
    return look(seen)[:height, :width]


def as_map(chosen):
    return np.repeat((chosen * 255).astype(np.uint8)[:, :, None], 3, axis=2)


def scribble(seen, threshold):
    values = seen.astype(np.float32)
    fine, coarse = (cv2.GaussianBlur(values, (0, 0), sigma) for sigma in (0.5, 5.0))
    light = np.clip(255 - (coarse - fine).min(axis=2), 0, 255).astype(np.uint8)
    doubled = (255 - light) * np.uint8(2)
    return as_map(doubled > threshold)


def lines(seen):
    values = seen.astype(np.float32)
    depth = np.clip((cv2.GaussianBlur(values, (0, 0), 6.0) - values).min(axis=2), 0, 255)
    usual = max(16, np.median(depth[depth > 8]))
    grey = np.clip(depth / usual * 127, 0, 255).astype(np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def canny(seen, low, high):
    return np.repeat(cv2.Canny(seen, low, high)[:, :, None], 3, axis=2)


def maps():
    works = {
        "canny": [(64, 100, 200), (37, 20, 90)],
        "blur_gaussian": [(64, 3.5, -1)],
        "scribble_xdog": [(64, 32, -1), (40, 4, -1)],
        "threshold": [(64, 127, -1)],
        "lineart_standard": [(64, -1, -1)],
        "tile_resample": [(-1, 2.5, -1), (-1, 1.05, -1)],
        "invert": [(-1, -1, -1)],
        "none": [(-1, -1, -1)],
        "tile_colorfix": [(-1, 8, -1)],
        "tile_colorfix+sharp": [(-1, 8, 1)],
    }
    looks = {
        "canny": lambda p, r, a, b: at_resolution(p, r, lambda seen: canny(seen, a, b)),
        "blur_gaussian": lambda p, r, a, b: cv2.GaussianBlur(at_resolution(p, r), (0, 0), a),
        "scribble_xdog": lambda p, r, a, b: at_resolution(p, r, lambda seen: scribble(seen, a)),
        "threshold": lambda p, r, a, b: at_resolution(p, r, lambda seen: as_map(seen.min(axis=2) > a)),
        "lineart_standard": lambda p, r, a, b: at_resolution(p, r, lines),
        "tile_resample": lambda p, r, a, b: p
        if a < 1.1
        else cv2.resize(p, (int(p.shape[1] / a), int(p.shape[0] / a)), interpolation=cv2.INTER_AREA),
        "invert": lambda p, r, a, b: 255 - p,
        "none": lambda p, r, a, b: p,
        "tile_colorfix": lambda p, r, a, b: p,
        "tile_colorfix+sharp": lambda p, r, a, b: p,
    }
    for name, settings in works.items():
        for resolution, a, b in settings:
            for image in ("smooth", "shapes"):
                result = looks[name](PICTURES[image], resolution, a, b)
                yield {"name": name, "image": image, "settings": [resolution, a, b], "result": encoded(result)}


THIN = [np.array(rows, np.int32) for rows in ([[-1, -1, -1], [0, 1, 0], [1, 1, 1]], [[0, -1, -1], [1, 1, -1], [0, 1, 0]])]
PRUNE = [
    np.array(rows, np.int32)
    for rows in ([[-1, -1, -1], [-1, 1, -1], [0, 0, -1]], [[-1, -1, -1], [-1, 1, -1], [-1, 0, 0]])
]


def without(picture, patterns):
    changed = False
    for turns in range(4):
        for pattern in patterns:
            found = cv2.morphologyEx(picture, cv2.MORPH_HITMISS, np.ascontiguousarray(np.rot90(pattern, turns))) > 127
            picture = np.where(found, 0, picture).astype(np.uint8)
            changed = changed or found.any()
    return picture, changed


def thinned(picture, prunes):
    for _ in range(32):
        picture, changed = without(picture, THIN)
        if not changed:
            break
    return without(picture, PRUNE)[0] if prunes else picture


LINES = ([[0, 0, 0], [1, 1, 1], [0, 0, 0]], [[0, 1, 0]] * 3, [[1, 0, 0], [0, 1, 0], [0, 0, 1]], [[0, 0, 1], [0, 1, 0], [1, 0, 0]])


def ridges(picture):
    kept = np.zeros_like(picture)
    for line in LINES:
        kept = np.where(cv2.dilate(picture, np.array(line, np.uint8)) == picture, picture, kept)
    return kept


def resized_map(picture, size):
    area, before = size[0] * size[1], picture.shape[0] * picture.shape[1]
    colours = len(np.unique(picture.reshape(-1, 3), axis=0))
    is_binary = colours == 2 and picture.min() < 16 and picture.max() > 240
    fine = False
    if is_binary:
        box = np.ones((3, 3), np.uint8)
        opened = cv2.dilate(cv2.erode(picture, box), box)
        fine = 2 * (opened < picture).sum() > (picture > 127).sum()
    if 2 < colours < 200:
        kind = cv2.INTER_NEAREST
    else:
        kind = cv2.INTER_AREA if area < before else cv2.INTER_CUBIC
    result = cv2.resize(picture, size, interpolation=kind)
    if is_binary:
        grey = result.astype(np.float32).mean(axis=2).clip(0, 255).astype(np.uint8)
        grey = ridges(grey) if fine else grey
        _, grey = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        grey = thinned(grey, area > before) if fine else grey
        result = np.repeat(grey[:, :, None], 3, axis=2)
    return result


def fitted(picture, mode, width, height):
    if mode == "stretch":
        return resized_map(picture, (width, height))
    scales = height / picture.shape[0], width / picture.shape[1]
    scale = min(scales) if mode == "fill" else max(scales)
    result = resized_map(picture, tuple(int(np.round(side * scale)) for side in (picture.shape[1], picture.shape[0])))
    if mode == "crop":
        top, left = max(0, (result.shape[0] - height) // 2), max(0, (result.shape[1] - width) // 2)
        return result[top : top + height, left : left + width]
    border = np.concatenate([picture[0], picture[-1], picture[:, 0], picture[:, -1]])
    ground = np.tile(np.median(border, axis=0).astype(np.uint8), (height, width, 1))
    top, left = max(0, (height - result.shape[0]) // 2), max(0, (width - result.shape[1]) // 2)
    ground[top : top + result.shape[0], left : left + result.shape[1]] = result
    return ground


PICTURES["edges"] = canny(PICTURES["shapes"], 100, 200)
PICTURES["blobs"] = as_map(PICTURES["smooth"].min(axis=2) > 127)


def fits():
    for name in ("smooth", "edges", "blobs", "shapes"):
        for mode in ("stretch", "crop", "fill"):
            for width, height in ((96, 64), (40, 32), (72, 50)):
                result = fitted(PICTURES[name], mode, width, height)
                yield {"image": name, "mode": mode, "result": encoded(result)}


def main():
    facts = {
        "pictures": {name: encoded(picture) for name, picture in PICTURES.items()},
        "resize": list(resizes()),
        "canny": list(edges()),
        "blur": list(blurs()),
        "maps": list(maps()),
        "fits": list(fits()),
    }
    (Path(__file__).parent / "facts.json").write_text(json.dumps(facts, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
