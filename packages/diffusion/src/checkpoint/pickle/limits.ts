/**
 * How much of everything a pickle may have. Real checkpoints stay below a tenth of each; what is above is an attack
 * on memory or time, or a training state with more in it than a model.
 */
export const limits = {
  /** Bytes of the pickle itself; the tensors lie apart from it. A checkpoint of SD 1 has 150 KB. */
  pickle: 32 * 2 ** 20,
  /** Instructions of the pickle. SD 1: 30,000. */
  instructions: 4_000_000,
  /** Values waiting on the stack. Python writes at most a thousand at a time. */
  stack: 100_000,
  /** Containers open at once, i.e. how deep values are nested while they are read. */
  marks: 1000,
  /** Values kept for a later reference. */
  memo: 1_000_000,
  /** Bytes of one text or byte string. */
  text: 2 ** 20,
  /** Digits or bytes of one whole number; larger ones cost quadratic time. */
  integer: 64,
  /** Files in the archive. SD 1: 1131. */
  entries: 65_536,
  /** Bytes of the archive's table of contents. */
  directory: 16 * 2 ** 20,
  /** Bytes of all tensors that do not lie in order and are brought into memory, which the runtime copies. */
  materialised: 512 * 2 ** 20,
  /** How often the bytes of the file may be read for that. */
  passes: 32,
} as const;
