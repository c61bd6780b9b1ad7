export { writeTinyCheckpoint, writeRandomCheckpoint, type TinyCheckpointOptions } from './tiny-checkpoint.ts';
export { controlNetLayout, writeTinyControlNet } from './tiny-control-net.ts';
export { sd1Layout, sd15, type Layout, type Sd1Sizes } from './sd1-layout.ts';
export { sdxlUnet } from './sdxl-unet.ts';
export { assertClose } from './close.ts';
export { readVectors } from './vectors.ts';
export {
  assertNear,
  assertWithin,
  keptModelsFolder,
  modelsFolder,
  rawSets,
  readRawFacts,
  readTensors,
} from './reference-models.ts';
export type { ModelFacts, RawSet, ReferenceTensor } from './reference-models.ts';
export { fakeEngineModule } from './fake-engine-module.ts';
export { freshDataFolder, startTestServer, type TestServer, type TestServerOptions } from './test-server.ts';
export { startServerProcess, type ServerProcess } from './server-processes.ts';
export { collect } from './collect.ts';
export { callApi, type Answer, type CallApi } from './call-api.ts';
export {
  assertNearPixels,
  closeCases,
  conditioningCases,
  e2eCases,
  e2eTensor,
  e2eTensors,
  lookupOf,
  openCase,
  overridesFrom,
  overridesOf,
  requestOf,
  type E2eCase,
} from './e2e-cases.ts';
export { base64Png, flat, maskOf, paint } from './test-pictures.ts';
export { writeSafetensors } from './safetensors.ts';
