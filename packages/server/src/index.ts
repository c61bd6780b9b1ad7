/** Bottega's server: start it here; its services are for the protocol faces in this package. */
export { type Config, readConfig } from './config/config.ts';
export { createLogger, type Logger } from './log/logger.ts';
export type { Services } from './services.ts';
export { type RunningServer, startServer, type StartOptions } from './start.ts';
export { version } from './version.ts';
export type { Engine } from './worker/engine.ts';
