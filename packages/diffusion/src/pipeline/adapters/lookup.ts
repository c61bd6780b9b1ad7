/** A file that a prompt may name. */
export type FoundFile = {
  readonly path: string;
  /** The hash that infotext has, in hexadecimal, of which it has the first 12 digits; computed where it is missing. */
  readonly hash?: string;
};

/** A file with the name by which prompts call it. */
export type NamedFile = FoundFile & { readonly name: string };

/**
 * Where the files are that prompts name; the engine looks into no folder by itself. Names come from prompts: they must
 * be looked up in a list, never made into a path.
 */
export type AdapterLookup = {
  /** The file of `<lora:NAME>`; undefined where there is none. */
  readonly lora?: (name: string) => FoundFile | undefined | Promise<FoundFile | undefined>;
  /** The file of `<hypernet:NAME>`; undefined where there is none. */
  readonly hypernetwork?: (name: string) => FoundFile | undefined | Promise<FoundFile | undefined>;
  /** All embeddings (textual inversion) that prompts may name; only those that a prompt names are read. */
  readonly embeddings?: readonly NamedFile[];
};
