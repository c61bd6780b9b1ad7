export { writeTinyCheckpoint, writeRandomCheckpoint, type TinyCheckpointOptions } from './tiny-checkpoint.ts';
export { sd1Layout, sd15, type Layout, type Sd1Sizes } from './sd1-layout.ts';
export { assertClose } from './close.ts';
export { readVectors, readVectorText } from './vectors.ts';
