/** A server in a process of its own, which a test may kill; run by `startServerProcess`. */
import { enableCodeCache } from '@bottega/server/code-cache';

enableCodeCache();
const { readConfig, startServer } = await import('@bottega/server');
const { fakeEngineModule } = await import('./fake-engine-module.ts');
const server = await startServer(readConfig(process.env), { page: false, engineModule: fakeEngineModule });
process.on('SIGTERM', () => void server.stop().then(() => process.exit(0)));
process.send?.(server.url);
