/** Files that change a model, which prompts name. */
import { z } from 'zod';

export const adapterSchema = z.object({
  /** `lora`: `<lora:NAME:0.8>`, its relatives too; `embedding`: its name as a word; `hypernetwork`: `<hypernet:NAME:1>`. */
  kind: z.enum(['lora', 'embedding', 'hypernetwork']),
  /** How prompts call it. */
  name: z.string(),
  fileName: z.string(),
  bytes: z.number(),
  /** Another name that prompts may have. */
  alias: z.string().optional(),
  /** "LoRA", "LoHa", "DoRA" ... */
  methods: z.array(z.string()).optional(),
  /** The largest of its ranks. */
  rank: z.number().optional(),
  /** How many tokens an embedding takes. */
  tokens: z.number().optional(),
  /** For people: "Stable Diffusion XL". */
  madeFor: z.string().optional(),
  /** As models name it, where the file proves it; others refuse it. */
  architecture: z.string().optional(),
  /** Why it cannot be used; absent where it can. */
  problem: z.string().optional(),
});
export type Adapter = z.output<typeof adapterSchema>;

export const adapterListSchema = z.object({ adapters: z.array(adapterSchema) });
export type AdapterList = z.output<typeof adapterListSchema>;
