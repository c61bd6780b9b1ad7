import { plus } from './dim.ts';
import type { Graph } from './graph.ts';
import { rewritten } from './rewrite.ts';
import { apply, integers } from './value.ts';
import type { Value } from './value.ts';

/**
 * The graph with every convolution that pads all sides alike seeing what lies at the opposite edge instead of zeros,
 * so that the edges of what it draws fit together. Convolutions that pad one side only stay as they are.
 */
export function circular(graph: Graph): Graph {
  return rewritten(graph, (value) => {
    const { source } = value;
    if (source.kind !== 'node' || source.node.operator !== 'Conv') return value;
    const { attributes, inputs } = source.node;
    const pads = attributes.pads !== undefined && 'ints' in attributes.pads ? attributes.pads.ints : [0];
    const [margin] = pads;
    const [x, ...weights] = inputs;
    if (x === undefined || margin === 0 || pads.some((pad) => pad !== margin)) return value;
    return apply('Conv', [wrapped(x, margin), ...weights], value.shape, {
      attributes: { ...attributes, pads: { ints: pads.map(() => 0) } },
    });
  });
}

/** `[batch, channels, height, width]` with so many rows and columns more on each side, taken from the opposite one. */
function wrapped(x: Value, margin: number): Value {
  const [batch, channels, height, width] = x.shape;
  const pads = integers([0, 0, margin, margin, 0, 0, margin, margin]);
  return apply('Pad', [x, pads], [batch, channels, plus(height, 2 * margin), plus(width, 2 * margin)], {
    attributes: { mode: { string: 'wrap' } },
  });
}
