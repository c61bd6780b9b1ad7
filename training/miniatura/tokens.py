"""CLIP's byte-pair tokenizer: text -> 77 ids (Radford et al. 2021; Sennrich et al. 2016, arXiv:1508.07909)."""
from __future__ import annotations

import re
from functools import cache
from pathlib import Path

BEGIN, END, LENGTH = 49406, 49407, 77
_WORDS = re.compile(r"'s|'t|'re|'ve|'m|'ll|'d|[a-z]+|[0-9]|[!-/:-@\[-`{-~]+")  # captions are plain ASCII


class Tokenizer:
    def __init__(self, work: Path) -> None:
        merges = [tuple(line.split()) for line in (work / "merges.txt").read_text().splitlines()]
        bytes_ = [*range(33, 127), *range(161, 173), *range(174, 256)]
        letters = [chr(b) for b in bytes_] + [chr(256 + i) for i in range(256 - len(bytes_))]
        vocabulary = letters + [c + "</w>" for c in letters] + ["".join(m) for m in merges]
        self.id = {word: i for i, word in enumerate(vocabulary)}
        self.rank = {pair: i for i, pair in enumerate(merges)}
        self.word = cache(self._word)

    def _word(self, word: str) -> list[int]:
        parts = [*word[:-1], word[-1] + "</w>"]
        while len(parts) > 1:
            pairs = list(zip(parts, parts[1:]))
            best = min(pairs, key=lambda p: self.rank.get(p, 10**9))
            if best not in self.rank:
                break
            merged, i = [], 0
            while i < len(parts):
                if tuple(parts[i:i + 2]) == best:
                    merged.append(parts[i] + parts[i + 1])
                    i += 2
                else:
                    merged.append(parts[i])
                    i += 1
            parts = merged
        return [self.id[p] for p in parts]

    def ids(self, text: str) -> list[int]:
        return [i for word in _WORDS.findall(text.lower().encode("ascii", "ignore").decode()) for i in self.word(word)]

    def encode(self, text: str) -> list[int]:
        ids = [BEGIN, *self.ids(text)[:LENGTH - 2], END]
        return ids + [END] * (LENGTH - len(ids))
