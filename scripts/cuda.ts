/** Downloads the CUDA provider of the inference runtime, by the runtime's own script (`npm run cuda`). */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

if (process.platform !== 'linux' || process.arch !== 'x64') {
  console.error(
    `The runtime has a CUDA provider for Linux on x64 only; this is ${process.platform} on ${process.arch}. See docs/guide/gpu.md.`,
  );
  process.exit(2);
}
const folder = join(import.meta.dirname, '../node_modules/onnxruntime-node');
const installed = spawnSync(process.execPath, ['./script/install'], {
  cwd: folder,
  stdio: 'inherit',
  env: { ...process.env, ONNXRUNTIME_NODE_INSTALL: 'cuda12' },
});
if (installed.status !== 0) {
  console.error('The download failed (see above). The workshop still draws on the CPU.');
  process.exit(1);
}
console.log('Done. Start with: BOTTEGA_DEVICE=cuda npm start');
