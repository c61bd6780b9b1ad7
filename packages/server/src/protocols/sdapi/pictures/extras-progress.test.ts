import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { sdapi } from '@bottega/contract';
import { callApi, type CallApi, startTestServer, type TestServer } from '@bottega/testing';
import sharp from 'sharp';

let server: TestServer;
let call: CallApi;
before(async () => {
  server = await startTestServer();
  call = callApi(server.url);
});
after(() => server.stop());

const plain = sharp({ create: { width: 24, height: 16, channels: 3, background: '#c02030' } });

/** Until the progress tells of it. */
async function begun(): Promise<void> {
  for (;;) {
    const { state } = sdapi.progressResponseSchema.parse((await call('/sdapi/v1/progress')).body);
    if (state.job === 'extras') return;
  }
}

test('enlarging is seen in the progress, and can be interrupted', async () => {
  const wide = (await plain.clone().resize(800, 400).png().toBuffer()).toString('base64');
  const imageList = [{ data: wide, name: 'a' }];
  const running = call('/sdapi/v1/extra-batch-images', { imageList, upscaler_1: 'ESRGAN slim x8' });
  await begun();
  assert.equal((await call('/sdapi/v1/interrupt', {})).status, 200);
  assert.deepEqual(sdapi.extraBatchResponseSchema.parse((await running).body).images, []);
});

test('a single picture that is interrupted comes to its size without the upscaler', async () => {
  const image = (await plain.clone().resize(800, 400).png().toBuffer()).toString('base64');
  const request = { image, upscaler_1: 'ESRGAN slim x8', upscaling_resize: 2 };
  const running = call('/sdapi/v1/extra-single-image', request);
  await begun();
  await call('/sdapi/v1/interrupt', {});
  const { status, body } = await running;
  assert.equal(status, 200, JSON.stringify(body).slice(0, 300));
  const interrupted = sdapi.extraSingleResponseSchema.parse(body);
  const lanczos = await call('/sdapi/v1/extra-single-image', { ...request, upscaler_1: 'Lanczos' });
  assert.deepEqual(interrupted, sdapi.extraSingleResponseSchema.parse(lanczos.body));
});

test('a client that goes away takes its task along', async () => {
  const wide = (await plain.clone().resize(800, 400).png().toBuffer()).toString('base64');
  const leaving = new AbortController();
  const body = JSON.stringify({ image: wide, upscaler_1: 'ESRGAN slim x8' });
  const asked = fetch(`${server.url}/sdapi/v1/extra-single-image`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body,
    signal: leaving.signal,
  });
  const { tasks, events } = server.services;
  const gone = new Promise<void>((resolve) => {
    let own: string | undefined;
    events.subscribe((event) => {
      if (event.type === 'task' && event.task.state === 'running') {
        own = event.task.id;
        leaving.abort();
      }
      // Word of tasks of earlier tests may come late.
      if (event.type === 'task-deleted' && event.id === own) resolve();
    });
  });
  await assert.rejects(asked, { name: 'AbortError' });
  await gone;
  assert.deepEqual(await tasks.latest(), []);
});
