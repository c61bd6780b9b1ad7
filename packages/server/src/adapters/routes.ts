/** Adapters over HTTP. */
import type { AdapterList } from '@bottega/contract';
import { Hono } from 'hono';
import type { FoundFile } from '../models/scan.ts';
import type { Adapters } from './adapters.ts';

export function adapterRoutes(adapters: Adapters): Hono {
  return new Hono().get('/api/v1/adapters', async (c) => c.json(await listAdapters(adapters)));
}

async function listAdapters({ loras, embeddings, hypernetworks }: Adapters): Promise<AdapterList> {
  return {
    adapters: [
      ...(await loras()).map(({ alias, info, problem, ...file }) => ({
        kind: 'lora' as const,
        ...listed(file),
        ...(alias !== file.name && { alias }),
        ...(info && {
          methods: [...info.methods, ...(info.isDora ? ['DoRA'] : [])],
          madeFor: info.madeFor,
          ...(info.rank !== undefined && { rank: info.rank }),
          ...(info.architecture !== undefined && { architecture: info.architecture }),
        }),
        ...(problem !== undefined && { problem }),
      })),
      ...(await embeddings()).map(({ info, problem, ...file }) => ({
        kind: 'embedding' as const,
        ...listed(file),
        ...(info && {
          tokens: info.count,
          ...(info.architecture !== undefined && { architecture: info.architecture }),
        }),
        ...(problem !== undefined && { problem }),
      })),
      ...(await hypernetworks()).map((file) => ({ kind: 'hypernetwork' as const, ...listed(file) })),
    ],
  };
}

function listed({ name, fileName, bytes }: FoundFile) {
  return { name, fileName, bytes };
}
