/**
 * How a latent element becomes a colour: for red, green and blue, four factors and a constant, in units of -1..1.
 * A decoder is nearly linear in the large, which is enough to watch a picture form.
 */
export type PreviewFactors = readonly [Row, Row, Row];
type Row = readonly number[];

/** For the VAE of Stable Diffusion 1; measured by "keturn" (Hugging Face forum, "Decoding latents to RGB", 2022). */
export const stableDiffusionFactors: PreviewFactors = [
  [0.298, 0.187, -0.158, -0.184, 0],
  [0.207, 0.286, 0.189, -0.271, 0],
  [0.208, 0.173, 0.264, -0.473, 0],
];

/** For the VAE of Stable Diffusion XL; A1111's cheap approximation (modules/sd_vae_approx.py). */
export const sdxlFactors: PreviewFactors = [
  [0.3448, -0.1953, 0.1074, -0.373, 0],
  [0.4168, -0.029, 0.0886, -0.2499, 0],
  [0.4395, 0.025, -0.0163, -0.2088, 0],
];
