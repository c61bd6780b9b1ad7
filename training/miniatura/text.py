"""The text encoder in the layout of CLIP's text model, as cond_stage_model.transformer holds it (Radford et al. 2021)."""
from __future__ import annotations

import torch
from torch import Tensor, nn

from .attention import attend
from .vae import Group

VOCABULARY, POSITIONS = 49408, 77


class Layer(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads, self.self_attn, self.mlp = heads, Group(), Group()
        for name in ("k_proj", "v_proj", "q_proj", "out_proj"):
            setattr(self.self_attn, name, nn.Linear(width, width))
        self.layer_norm1, self.layer_norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.mlp.fc1, self.mlp.fc2 = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        nn.init.zeros_(self.mlp.fc2.weight)  # at first a word's vector passes through
        nn.init.zeros_(self.self_attn.out_proj.weight)

    def forward(self, x: Tensor) -> Tensor:
        y, attn = self.layer_norm1(x), self.self_attn
        a = attend(attn.q_proj(y), attn.k_proj(y), attn.v_proj(y), self.heads, causal=True)
        x = x + attn.out_proj(a)
        h = self.mlp.fc1(self.layer_norm2(x))
        return x + self.mlp.fc2(h * torch.sigmoid(1.702 * h))  # quick GELU


@torch.no_grad()
def gather(attn: nn.Module) -> None:
    """Every position, the many of the padding too, starts with the sum of what was said before it; else 65 of 77 say nothing."""
    nn.init.eye_(attn.v_proj.weight)
    nn.init.eye_(attn.out_proj.weight).mul_(4.0)


class TextModel(nn.Module):
    """`used` lists CLIP's ids that occur in captions: only those rows exist while training; export spreads them out."""

    def __init__(self, width: int, layers: int, used: list[int]) -> None:
        super().__init__()
        self.embeddings, self.encoder = Group(), Group()
        self.embeddings.token_embedding = nn.Embedding(len(used), width)
        self.embeddings.position_embedding = nn.Embedding(POSITIONS, width)
        nn.init.normal_(self.embeddings.token_embedding.weight, std=0.05)
        nn.init.normal_(self.embeddings.position_embedding.weight, std=0.01)
        self.encoder.layers = nn.ModuleList([Layer(width, width // 64) for _ in range(layers)])
        self.final_layer_norm = nn.LayerNorm(width)
        gather(self.encoder.layers[0].self_attn)
        row_of = torch.zeros(VOCABULARY, dtype=torch.long)
        row_of[used] = torch.arange(len(used))
        self.register_buffer("row_of", row_of, persistent=False)

    def forward(self, ids: Tensor) -> Tensor:
        x = self.embeddings.token_embedding(self.row_of[ids]) + self.embeddings.position_embedding.weight
        for layer in self.encoder.layers:
            x = layer(x)
        return self.final_layer_norm(x)
