/**
 * Text to picture with Stable Diffusion checkpoints, on onnxruntime.
 * This file is the whole public face; everything else may change.
 */
export type * from './api.ts';
export type { AdapterLookup, FoundFile, NamedFile } from './pipeline/adapters/lookup.ts';
export type { ModelCard } from './pipeline/model-card.ts';
export { inspectAdapter, type AdapterInfo } from './adapter/inspect-adapter.ts';
export { inspectEmbedding, type EmbeddingInfo } from './embedding/inspect-embedding.ts';
export { EngineError, engineErrors, type EngineErrorCode } from './errors.ts';
export { sizeOf, tensor, type Tensor } from './tensor.ts';
export { inspectCheckpoint } from './checkpoint/inspect-checkpoint.ts';
export { parseInfotext, type ParsedInfotext } from './infotext/parse.ts';
export { readPngText } from './infotext/png-text.ts';
export { applyStyles, type Style } from './prompt/styles.ts';
export { pythonFloat } from './infotext/python-float.ts';
export { quote } from './infotext/quote.ts';
export { readInfotext } from './infotext/read-infotext.ts';
export { writeJpegInfotext, writeWebpInfotext } from './infotext/write-exif.ts';
export { encodePng } from './image/encode-png.ts';
export { resizeImage } from './image/resize.ts';
export { generationParameters, type GenerationParameters } from './infotext/generation-parameters.ts';
export { writeInfotext, type InfotextParameters, type InfotextValue } from './infotext/write.ts';
export { controlMap, type MapRequest } from './pipeline/control/control-map.ts';
export type * from './pipeline/control/control-request.ts';
export { modeLabels, resizeLabels } from './pipeline/control/control-parameters.ts';
export { loadControlNet } from './pipeline/control/load-control-net.ts';
export { findPreprocessor, preprocessors } from './preprocessor/registry.ts';
export { resolution, type Preprocessor, type Slider } from './preprocessor/preprocessor.ts';
export { imageToImage } from './pipeline/image-to-image.ts';
export { loadModel } from './pipeline/load-model.ts';
export { readModelCard } from './pipeline/read-model-card.ts';
export { textToImage } from './pipeline/text-to-image.ts';
export { samplers } from './sampler/registry.ts';
export { resolveSampler } from './sampler/resolve.ts';
export { schedulers } from './schedule/registry.ts';
export { openEnlarger, type Enlarged, type EnlargeRequest, type Enlarger } from './upscaler/enlarger.ts';
export type { FoundUpscaler } from './upscaler/found-upscaler.ts';
export { listUpscalers } from './upscaler/list-upscalers.ts';
export { openUpscaler, upscalerNames, type UpscaleOptions, type Upscaler } from './upscaler/open-upscaler.ts';
export { upscaleBy, upscaleTo } from './upscaler/upscale-by.ts';
export { autoV1Of, hashFile, type FileHashes, type HashOptions } from './checkpoint/hash-file.ts';
export { listDevices, type Device } from './runtime/devices.ts';
export { expectedOperations } from './runtime/expected-operations.ts';
export { matrixRate } from './runtime/matrix-rate.ts';
export { checkCheckpoint } from './runtime/networks.ts';
export { pythonRandom, type PythonRandom } from './random/python-random.ts';
