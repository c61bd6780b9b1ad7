import type { Part } from './parse-name.ts';

/** Where the networks of an architecture lie in a checkpoint, and how their layers are called there. */
export type Layout = Readonly<Partial<Record<Part, { readonly prefix: string; readonly style: Style }>>>;

/** `open-clip` has queries, keys and values in one weight; early checkpoints of `clip` lack a part of the names. */
export type Style = 'unet' | 'clip' | 'open-clip';

const unet = { prefix: 'model.diffusion_model.', style: 'unet' } as const;
const clip = { prefix: 'cond_stage_model.transformer.', style: 'clip' } as const;

/** By architecture, as `kindOf` names it. */
export const layouts: Readonly<Record<string, Layout>> = {
  sd1: { unet, te: clip, te1: clip },
  sd2: { unet, te: { prefix: 'cond_stage_model.model.', style: 'open-clip' } },
  sdxl: {
    unet,
    te: { prefix: 'conditioner.embedders.0.transformer.', style: 'clip' },
    te1: { prefix: 'conditioner.embedders.0.transformer.', style: 'clip' },
    te2: { prefix: 'conditioner.embedders.1.model.', style: 'open-clip' },
  },
};
