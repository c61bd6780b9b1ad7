"""A UNet whose finest level attends among merged tokens, in PyTorch, float32, tiny and with known random weights: what
`token-merging.test.ts` compares the graph with.

The UNet is that of `../control-net/reference.py`; which tokens are merged and how is computed by tomesd 0.1.3 (Bolya and
Hoffman) with the options that A1111 1.10 gives it.
Usage: python3 reference.py; writes the .safetensors files beside it. Needs torch, safetensors and tomesd.
"""
import importlib.util
from pathlib import Path

import torch
from safetensors.torch import save_file
from tomesd.patch import compute_merge

HERE = Path(__file__).parent
spec = importlib.util.spec_from_file_location("networks", HERE.parent / "control-net" / "reference.py")
networks = importlib.util.module_from_spec(spec)
spec.loader.exec_module(networks)

# Height, width and ratio: even sizes, odd ones, and more than there are sources.
CASES = {"even": (6, 8, 0.3), "odd": (5, 7, 0.5), "most": (6, 4, 0.9)}


def merging(height, width, ratio):
    arguments = dict(ratio=ratio, max_downsample=1, sx=2, sy=2, use_rand=False, generator=None)
    arguments |= dict(merge_attn=True, merge_crossattn=False, merge_mlp=False)
    return {"size": (height, width), "args": arguments}


def block_forward(told):
    def forward(block, x, context):
        merge, _, _, spread, _, _ = compute_merge(x, told)
        among = merge(block.norm1(x))
        x = spread(block.attn1(among, among)) + x
        x = block.attn2(block.norm2(x), context) + x
        return block.ff.net(block.norm3(x)) + x

    return forward


def main():
    c = networks.CASES["sd2"]
    network = networks.with_weights(networks.UNet(c), "model.diffusion_model")
    nothing = [0.0] * (len(network.input_blocks) + 1)
    plain = networks.Block.forward
    for name, (height, width, ratio) in CASES.items():
        torch.manual_seed(7)
        facts = {
            "x": torch.randn(2, 4, height, width),
            "timesteps": torch.tensor([17.0, 801.5]),
            "context": torch.randn(2, 7, c["context"]),
        }
        inputs = facts["timesteps"], facts["context"]
        with torch.inference_mode():
            networks.Block.forward = plain
            facts["plain"] = network(facts["x"], nothing, *inputs)
            networks.Block.forward = block_forward(merging(height, width, ratio))
            facts["out"] = network(facts["x"], nothing, *inputs)
        save_file({key: value.contiguous() for key, value in facts.items()}, HERE / f"{name}.safetensors")


if __name__ == "__main__":
    main()
