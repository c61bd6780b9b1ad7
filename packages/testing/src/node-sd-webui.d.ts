/** The package's own types are out of reach: its `exports` do not name them. */
declare module 'node-sd-webui' {
  type Words = {
    readonly prompt: string;
    readonly negativePrompt?: string;
    readonly width?: number;
    readonly height?: number;
    readonly steps?: number;
    readonly seed?: number;
    readonly samplingMethod?: string;
    readonly cfgScale?: number;
    readonly batchCount?: number;
  };
  type Answer = { readonly images: string[]; readonly info: string };
  type PngInfo = {
    readonly prompt: string;
    readonly negativePrompt?: string;
    readonly steps: number;
    readonly samplingMethod: string;
  };
  type Client = {
    txt2img(options: Words): Promise<Answer>;
    img2img(options: Words & { readonly imageData: readonly string[] }): Promise<Answer>;
    pngInfo(options: { readonly imageData: string }): Promise<PngInfo>;
  };

  export const SamplingMethod: { readonly Euler_A: string };
  export default function sdwebui(options?: { readonly apiUrl?: string }): Client;
}
