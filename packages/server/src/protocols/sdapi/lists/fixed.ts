/** Lists that are the same everywhere: what every A1111 has, and what is not installed here. */

/** The upscalers that need no file. */
export const upscalers = ['None', 'Lanczos', 'Nearest'].map((name) => ({
  name,
  model_name: null,
  model_path: null,
  model_url: null,
  scale: 4,
}));

export const latentUpscaleModes = [
  'Latent',
  'Latent (antialiased)',
  'Latent (bicubic)',
  'Latent (bicubic antialiased)',
  'Latent (nearest)',
  'Latent (nearest-exact)',
].map((name) => ({ name }));

/** As A1111 answers where nothing of the kind is installed. */
export const notInstalled = {
  'sd-vae': [],
  hypernetworks: [],
  'face-restorers': [],
  'realesrgan-models': [],
  loras: [],
  extensions: [],
  embeddings: { loaded: {}, skipped: {} },
} as const;
