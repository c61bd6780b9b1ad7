/**
 * Text to picture with Stable Diffusion checkpoints, on onnxruntime.
 * This file is the whole public face; everything else may change.
 */
export type * from './api.ts';
export type { ModelCard } from './pipeline/model-card.ts';
export { EngineError, engineErrors, type EngineErrorCode } from './errors.ts';
export { sizeOf, tensor, type Tensor } from './tensor.ts';
export { inspectCheckpoint } from './checkpoint/inspect-checkpoint.ts';
export { parseInfotext, type ParsedInfotext } from './infotext/parse.ts';
export { readPngText } from './infotext/png-text.ts';
export { readInfotext } from './infotext/read-infotext.ts';
