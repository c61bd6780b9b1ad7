/** Words to numbers: what the prompt code needs to know of a text encoder's vocabulary. */
export type Tokenizer = {
  /** The token ids of `text`, without start and end. */
  readonly encode: (text: string) => readonly number[];
  /** Opens every chunk (CLIP: 49406). */
  readonly startId: number;
  /** Closes every chunk and fills it up (CLIP: 49407). */
  readonly endId: number;
  /** The lone comma, where long prompts are preferably cut (CLIP: 267). */
  readonly commaId: number;
};
