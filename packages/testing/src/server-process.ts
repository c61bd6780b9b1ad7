/** A server in a process of its own, which a test may kill; run by `startServerProcess`. */
import { readConfig, startServer } from '@bottega/server';
import { fakeEngineModule } from './test-server.ts';

const server = await startServer(readConfig(process.env), { page: false, engineModule: fakeEngineModule });
process.on('SIGTERM', () => void server.stop().then(() => process.exit(0)));
process.send?.(server.url);
