"""Puts drawn pictures and their prompts on one sheet.  python sheet.py --prompts p.jsonl --pictures DIR --out sheet.png"""
from __future__ import annotations

import argparse
import json
import textwrap
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

COLUMNS, EDGE, TEXT = 8, 128, 38


def main() -> None:
    args = argparse.ArgumentParser()
    for name in ("prompts", "pictures", "out"):
        args.add_argument(f"--{name}", type=Path, required=True)
    opt = args.parse_args()
    rows = [json.loads(line) for line in opt.prompts.read_text().splitlines()]
    height = -(-len(rows) // COLUMNS) * (EDGE + TEXT)
    sheet, font = Image.new("RGB", (COLUMNS * (EDGE + 8), height), "white"), ImageFont.load_default(10)
    pen = ImageDraw.Draw(sheet)
    for i, row in enumerate(rows):
        x, y = i % COLUMNS * (EDGE + 8), i // COLUMNS * (EDGE + TEXT)
        sheet.paste(Image.open(opt.pictures / f"{row['id']}.png").convert("RGB").resize((EDGE, EDGE), Image.Resampling.NEAREST), (x + 4, y))
        pen.multiline_text((x + 4, y + EDGE + 1), "\n".join(textwrap.wrap(row["prompt"], 26)[:3]), "black", font, spacing=1)
    sheet.quantize(256, dither=Image.Dither.NONE).save(opt.out, optimize=True)


if __name__ == "__main__":
    main()
