import type { Shapes } from '../models/shapes.ts';
import { extentOf } from '../models/shapes.ts';

/** What a file of weights is. */
export type Kind = {
  /** Stable, for programs: 'sd1', 'sdxl', 'lora' ... */
  readonly architecture: string;
  /** For people: "Stable Diffusion 1 inpainting". */
  readonly title: string;
  /** Whether pictures can be drawn with it. */
  readonly supported: boolean;
};

const unet = 'model.diffusion_model.';
const unetInput = `${unet}input_blocks.0.0.weight`;

/** Tensors that only one kind of file has; the first rule that fits decides. */
const rules: readonly (Kind & { readonly fits: (shapes: Shapes) => boolean })[] = [
  {
    architecture: 'lora',
    title: 'a LoRA or a similar adapter',
    supported: false,
    fits: some(/\.(lora_(down|up|A|B)(\.|$)|hada_w1|lokr_w1|oft_(blocks|diag)|on_input$)|^lora_(unet|te)/),
  },
  {
    architecture: 'controlnet',
    title: 'a ControlNet',
    supported: false,
    fits: some(/^(control_model\.)?(input_hint_block\.0|zero_convs\.0)|^controlnet_cond_embedding\./),
  },
  { architecture: 'flux', title: 'Flux', supported: false, fits: some(/(^|\.)double_blocks\.0\./) },
  {
    architecture: 'sd3',
    title: 'Stable Diffusion 3',
    supported: false,
    fits: some(/(^|\.)joint_blocks\.0\./),
  },
  {
    architecture: 'diffusers',
    title: 'one part of a model in the layout of diffusers',
    supported: false,
    fits: some(/^(encoder\.|decoder\.)?(down_blocks|up_blocks|mid_block)\./),
  },
  {
    architecture: 'sdxl',
    title: 'Stable Diffusion XL',
    supported: true,
    fits: all(unetInput, 'conditioner.embedders.1.model.token_embedding.weight'),
  },
  {
    architecture: 'sdxl-refiner',
    title: 'Stable Diffusion XL refiner',
    supported: true,
    fits: all(unetInput, 'conditioner.embedders.0.model.token_embedding.weight'),
  },
  {
    architecture: 'sd2',
    title: 'Stable Diffusion 2',
    supported: true,
    fits: all(unetInput, 'cond_stage_model.model.token_embedding.weight'),
  },
  {
    architecture: 'sd1',
    title: 'Stable Diffusion 1',
    supported: true,
    fits: (shapes) => shapes.has(unetInput) && some(/^cond_stage_model\.transformer\./)(shapes),
  },
  { architecture: 'unet', title: 'a UNet without text encoder', supported: false, fits: all(unetInput) },
  {
    architecture: 'vae',
    title: 'a VAE',
    supported: false,
    fits: some(/^(first_stage_model\.)?decoder\.conv_in\.weight$/),
  },
  {
    architecture: 'embedding',
    title: 'a textual inversion embedding',
    supported: false,
    fits: (shapes) => shapes.size <= 4 && some(/^(emb_params|clip_[lg]|<.*>|string_to_param\..*)$/)(shapes),
  },
  {
    architecture: 'upscaler',
    title: 'an upscaler',
    supported: false,
    fits: some(/^(model\.0\.weight|conv_first\.weight|params_ema)/),
  },
];

/** What a file is, told from its tensors. */
export function kindOf(shapes: Shapes): Kind {
  const kind = rules.find(({ fits }) => fits(shapes));
  if (kind === undefined) {
    const title = `a file of ${shapes.size} tensors of an unknown kind`;
    return { architecture: 'unknown', title, supported: false };
  }
  const { architecture, title, supported } = kind;
  const variant = variants.get(extentOf(shapes, unetInput, 1));
  if (variant === undefined) return { architecture, title, supported };
  return { architecture, title: `${title} ${variant.words}`, supported: supported && variant.supported };
}

/** Variants take more than a noisy latent picture: by the channels of their input. */
const variants: ReadonlyMap<number, { readonly words: string; readonly supported: boolean }> = new Map([
  [9, { words: 'inpainting', supported: true }],
  [8, { words: 'editing (InstructPix2Pix)', supported: true }],
  [5, { words: 'with depth', supported: false }],
]);

function all(...names: readonly string[]): (shapes: Shapes) => boolean {
  return (shapes) => names.every((name) => shapes.has(name));
}

function some(pattern: RegExp): (shapes: Shapes) => boolean {
  return (shapes) => [...shapes.keys()].some((name) => pattern.test(name));
}
