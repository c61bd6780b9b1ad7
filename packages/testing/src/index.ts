export { writeTinyCheckpoint, writeRandomCheckpoint, type TinyCheckpointOptions } from './tiny-checkpoint.ts';
export { sd1Layout, sd15, type Layout, type Sd1Sizes } from './sd1-layout.ts';
export { assertClose } from './close.ts';
export { readVectors, readVectorText } from './vectors.ts';
export { modelsFolder, readRawFacts, readTensors } from './reference-models.ts';
export type { ModelFacts, ReferenceTensor } from './reference-models.ts';
export {
  fakeEngineModule,
  freshDataFolder,
  startTestServer,
  type TestServer,
  type TestServerOptions,
} from './test-server.ts';
export { startServerProcess, type ServerProcess } from './server-processes.ts';
export { collect } from './collect.ts';
export { callApi, type Answer, type CallApi } from './call-api.ts';
