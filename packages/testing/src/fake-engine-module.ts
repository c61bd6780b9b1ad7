/** Where the fake engine is, for a server that shall draw with it. */
import { join } from 'node:path';

export const fakeEngineModule: string = join(import.meta.dirname, 'fake-engine.ts');
