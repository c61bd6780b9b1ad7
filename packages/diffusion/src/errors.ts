/**
 * Every way in which the engine refuses or fails, in one table: the code is stable and meant for programs,
 * the message names the field and tells a person what to do. Edges (HTTP, command line) add status and exit code.
 */
const messages = {
  'checkpoint.not-found': '{path} does not exist. Check the name, or add the file to the models folder.',
  'checkpoint.unreadable': '{path} cannot be read: {reason}.',
  'checkpoint.truncated': '{path} ends too early: {reason}. Download it again.',
  'checkpoint.malformed':
    '{path} is not a valid file of weights: {reason}. Download it again from a source you trust.',
  'checkpoint.unsafe':
    '{path} is refused: it holds {what}, which has no place in a file of weights and may harm this machine. Nothing of it was run. Get the model as safetensors.',
  'checkpoint.unsupported': '{path} is {what}, which this version cannot load. Supported: {supported}.',
  'checkpoint.tensor-missing':
    '{path} lacks the tensor {tensor} of shape {expected}; it is not a complete {architecture} checkpoint.',
  'checkpoint.tensor-misshapen':
    '{path} has the tensor {tensor} with shape {actual} where {architecture} needs {expected}.',
  'adapter.malformed': '{path} cannot be used as an adapter: {reason}.',
  'adapter.not-finite':
    '{path} holds NaN or infinity in {layer}; it was damaged when it was made. Leave it out.',
  'adapter.mismatch':
    '{path} was made for {made} and does not fit {model}: {reason}. Choose a model it was made for.',
  'adapter.no-room':
    'The weights that adapters change cannot be stored in {folder}: {reason}. Make room there, or use fewer adapters.',
  'int8.no-room':
    'The 8-bit weights of {path} cannot be stored in {folder}: {reason}. Make room there, or choose another speed mode.',
  'embedding.malformed': '{path} cannot be used as an embedding: {reason}.',
  'embedding.mismatch':
    '{path} was made for {made} and does not fit {model}. Choose a model it was made for.',
  'merge.mismatch':
    '{path} ({kind}) and {other} ({otherKind}) cannot be merged: {reason}. Choose models of the same kind.',
  'merge.exists': '{path} exists already. Choose another name, or remove it first.',
  'merge.no-room':
    'There is no room in {folder} for the merged model of {needed}. Make room and merge again; nothing was left behind.',
  'merge.unwritable':
    '{folder} cannot be written ({reason}). Give this user the right to write there, or choose another folder.',
  'card.malformed': '{path}, the card of the model, cannot be used: {reason}. Correct or remove it.',
  'request.invalid': '{field}: {reason}.',
  'request.too-large':
    '{field}: {width}x{height} needs about {needed} of memory and {available} is free. Choose a smaller size or batch.',
  'sampler.unknown': 'There is no sampler "{name}". Choose one of: {known}.',
  'scheduler.unknown': 'There is no schedule "{name}". Choose one of: {known}.',
  'preprocessor.unknown': 'There is no preprocessor "{name}". Choose one of: {known}.',
  'control.mismatch':
    '{path} is a ControlNet for {made} and does not fit {model}: {reason}. Choose one made for it.',
  'sampler.too-few-steps':
    '{sampler} needs at least {minimum} steps; from a picture, steps times strength count.',
  'model.not-finite':
    'The model produced NaN or infinity. Try another checkpoint, a lower guidance, or the default instead of the fast mode.',
  'picture.malformed': 'This is not a picture that can be read: {reason}.',
  'generation.cancelled': 'The generation was cancelled.',
  'runtime.failed': 'The inference runtime failed: {reason}.',
} as const;

/** Stable identifiers of the engine's errors. */
export type EngineErrorCode = keyof typeof messages;

/** The codes with their message templates, for documentation and for edges that must cover all of them. */
export const engineErrors: Readonly<Record<EngineErrorCode, string>> = messages;

/**
 * The engine's only error class.
 * @example new EngineError('sampler.unknown', { name: 'Eulr', known: 'Euler, Euler a' })
 */
export class EngineError extends Error {
  override readonly name = 'EngineError';
  readonly code: EngineErrorCode;
  readonly details: Readonly<Record<string, string | number>>;

  constructor(
    code: EngineErrorCode,
    details: Readonly<Record<string, string | number>> = {},
    options?: ErrorOptions,
  ) {
    super(
      messages[code].replace(/\{(\w+)\}/g, (_, key: string) => String(details[key] ?? '?')),
      options,
    );
    this.code = code;
    this.details = details;
  }
}
