/** What a client can choose from. */
import { z } from 'zod';

export const samplerListSchema = z.array(
  z.object({
    name: z.string(),
    aliases: z.array(z.string()),
    /** Everything as text, "True" included. */
    options: z.record(z.string(), z.string()),
  }),
);
export type SamplerList = z.output<typeof samplerListSchema>;

export const schedulerListSchema = z.array(
  z.object({
    name: z.string(),
    label: z.string(),
    aliases: z.array(z.string()).nullable(),
    /** -1 where the schedule has none. */
    default_rho: z.number(),
    need_inner_model: z.boolean(),
  }),
);
export type SchedulerList = z.output<typeof schedulerListSchema>;

export const upscalerListSchema = z.array(
  z.object({
    name: z.string(),
    model_name: z.string().nullable(),
    model_path: z.string().nullable(),
    model_url: z.string().nullable(),
    scale: z.number().nullable(),
  }),
);
export type UpscalerList = z.output<typeof upscalerListSchema>;

export const namedListSchema = z.array(z.object({ name: z.string() }));

export const sdModelListSchema = z.array(
  z.object({
    /** File name and, once hashed, `[first 10 of SHA-256]`. */
    title: z.string(),
    model_name: z.string(),
    hash: z.string().nullable(),
    sha256: z.string().nullable(),
    filename: z.string(),
    config: z.string().nullable(),
  }),
);
export type SdModelList = z.output<typeof sdModelListSchema>;

export const vaeListSchema = z.array(z.object({ model_name: z.string(), filename: z.string() }));
export const hypernetworkListSchema = z.array(z.object({ name: z.string(), path: z.string().nullable() }));
export type HypernetworkList = z.output<typeof hypernetworkListSchema>;
export const faceRestorerListSchema = z.array(z.object({ name: z.string(), cmd_dir: z.string().nullable() }));
export const realesrganListSchema = z.array(
  z.object({ name: z.string(), path: z.string().nullable(), scale: z.number().nullable() }),
);
export type RealesrganList = z.output<typeof realesrganListSchema>;
export const promptStyleListSchema = z.array(
  z.object({ name: z.string(), prompt: z.string().nullable(), negative_prompt: z.string().nullable() }),
);
export const loraListSchema = z.array(
  z.object({
    name: z.string(),
    alias: z.string(),
    path: z.string(),
    metadata: z.record(z.string(), z.unknown()),
  }),
);
export type LoraList = z.output<typeof loraListSchema>;

const embedding = z.object({
  step: z.int().nullable(),
  sd_checkpoint: z.string().nullable(),
  sd_checkpoint_name: z.string().nullable(),
  shape: z.int(),
  vectors: z.int(),
});
export const embeddingsSchema = z.object({
  loaded: z.record(z.string(), embedding),
  skipped: z.record(z.string(), embedding),
});
export type Embeddings = z.output<typeof embeddingsSchema>;

export const scriptListSchema = z.object({ txt2img: z.array(z.string()), img2img: z.array(z.string()) });
export const scriptInfoListSchema = z.array(
  z.object({
    name: z.string().nullable(),
    is_alwayson: z.boolean().nullable(),
    is_img2img: z.boolean().nullable(),
    args: z.array(z.record(z.string(), z.unknown())),
  }),
);
export type ScriptInfoList = z.output<typeof scriptInfoListSchema>;
export const extensionListSchema = z.array(
  z.object({
    name: z.string(),
    remote: z.string().nullable(),
    branch: z.string(),
    commit_hash: z.string(),
    version: z.string(),
    commit_date: z.string(),
    enabled: z.boolean(),
  }),
);
