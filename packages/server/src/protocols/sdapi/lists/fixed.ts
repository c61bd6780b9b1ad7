/** Lists that are the same everywhere: what every A1111 has, and what is not installed here. */

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
  'face-restorers': [],
  extensions: [],
} as const;
