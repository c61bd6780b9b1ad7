/** An upscaler that can be opened, before it is. */
export type FoundUpscaler = {
  /** What it is opened by; unique. */
  readonly name: string;
  /** As lists and infotext show it. */
  readonly title: string;
  readonly kind: 'resizing' | 'package' | 'file';
  /** How many times larger one pass makes a picture; 4 where it is any number, as A1111 lists it. */
  readonly scale: number;
  /** Of its weights. */
  readonly path?: string;
  /** Why it cannot be used; absent where it can. */
  readonly problem?: string;
};
