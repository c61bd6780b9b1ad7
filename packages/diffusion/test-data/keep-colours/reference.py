"""Numbers for `src/pipeline/control/keep-colours.test.ts`, with PyTorch's own pooling: python reference.py > facts.json"""

import json

import torch
import torch.nn.functional as F

RADIUS, SHARPNESS, SHARE = 3, 1.5, 0.6
TIMESTEPS = [500.4, 37.5]
POSITIVE = [1.0, 0.0]


def alphas():
    betas = torch.linspace(0.00085**0.5, 0.012**0.5, 1000, dtype=torch.float64) ** 2
    return torch.cumprod(1 - betas, 0)


def blur(x):
    padded = F.pad(x, (RADIUS,) * 4, mode="replicate")
    return F.avg_pool2d(padded, 2 * RADIUS + 1, stride=1)


def kept(x, answer, colours, prediction):
    alpha = alphas()[torch.tensor(TIMESTEPS).round().long()].reshape(-1, 1, 1, 1)
    signal, noise = alpha.sqrt(), (1 - alpha).sqrt()
    if prediction == "v":
        clean = signal * x - noise * answer
    else:
        clean = (x - noise * answer) / signal
    clean = clean - blur(clean) + blur(colours)
    share = SHARPNESS * 0.01
    softer = share * blur(clean) + (1 - share) * clean
    mark = torch.tensor(POSITIVE, dtype=torch.float64).reshape(-1, 1, 1, 1)
    clean = mark * clean + (1 - mark) * softer
    if prediction == "v":
        said = (signal * x - clean) / noise
    else:
        said = (x - signal * clean) / noise
    return said * SHARE + answer * (1 - SHARE)


torch.manual_seed(7)
x, answer = (torch.randn(2, 4, 5, 6, dtype=torch.float64) for _ in range(2))
colours = torch.randn(1, 4, 5, 6, dtype=torch.float64)
listed = lambda tensor: [round(value, 7) for value in tensor.flatten().tolist()]
facts = {
    "radius": RADIUS,
    "sharpness": SHARPNESS,
    "share": SHARE,
    "timesteps": TIMESTEPS,
    "x": listed(x),
    "answer": listed(answer),
    "colours": listed(colours),
    **{name: listed(kept(x, answer, colours, name)) for name in ("epsilon", "v")},
}
print(json.dumps(facts, separators=(",", ":")))
