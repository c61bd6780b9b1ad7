/** The two kinds of text encoder, of which the architectures are put together. */
import { clipAnchors, clipConfigOf } from '../clip/config.ts';
import { clipTextEncoder } from '../clip/text-encoder.ts';
import { openClipAnchors, openClipConfigOf } from '../open-clip/config.ts';
import { openClipTextEncoder } from '../open-clip/text-encoder.ts';
import type { TextPart } from './family.ts';

type Kind = Pick<TextPart, 'anchors' | 'configOf' | 'graph' | 'dialect' | 'paddingId'>;

/** OpenAI's CLIP, ViT-L. */
export const clip: Kind = {
  anchors: clipAnchors,
  configOf: (shapes, prefix, { textHeads }) => ({
    ...clipConfigOf(shapes, prefix, textHeads),
    pooledWidth: 0,
  }),
  graph: clipTextEncoder,
  dialect: 'transformers',
};

/** OpenCLIP, ViT-H and ViT-bigG. */
export const openClip: Kind = {
  anchors: openClipAnchors,
  configOf: (shapes, prefix, { openClipHeads }) => openClipConfigOf(shapes, prefix, openClipHeads),
  graph: openClipTextEncoder,
  dialect: 'openai',
  paddingId: 0,
};
