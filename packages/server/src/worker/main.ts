/** Starts the worker process, with its code from the cache. */
import { enableCodeCache } from '../code-cache.ts';

enableCodeCache();
await import('./process.ts');
