/** Programs that other people wrote for A1111, against a whole server and the real engine. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { startTestServer, type TestServer } from '@bottega/testing';
import { StableDiffusionApi as A1111WebuiApi } from 'a1111-webui-api';
import sdwebui, { SamplingMethod } from 'node-sd-webui';
import sharp from 'sharp';
import { StableDiffusionApi } from 'stable-diffusion-api';

let server: TestServer;
before(async () => {
  server = await startTestServer({ engine: 'real' });
});
after(() => server.stop());

const words = { prompt: 'a (red:1.2) apple', width: 64, height: 64, steps: 2, seed: 7 };

test('node-sd-webui draws, and reads the parameters back', async () => {
  const client = sdwebui({ apiUrl: server.url });
  const { images, info } = await client.txt2img({
    ...words,
    negativePrompt: 'blurry',
    samplingMethod: SamplingMethod.Euler_A,
    cfgScale: 5,
    batchCount: 2,
  });
  assert.equal(images.length, 2);
  assert.equal((JSON.parse(info) as { sampler_name: string }).sampler_name, 'Euler a');
  const read = await client.pngInfo({ imageData: images[0] });
  assert.deepEqual(
    [read.prompt, read.negativePrompt, read.steps, read.samplingMethod],
    [words.prompt, 'blurry', 2, 'Euler a'],
  );
  const again = await client.img2img({ ...words, imageData: images.slice(0, 1), batchCount: 2 });
  assert.equal(again.images.length, 2);
  assert.match((JSON.parse(again.info) as { infotexts: string[] }).infotexts[0], /Denoising strength: 0\.75/);
});

/** Both were made from one source; their types differ, their calls do not. */
for (const [name, Client] of [
  ['stable-diffusion-api', StableDiffusionApi],
  ['a1111-webui-api', A1111WebuiApi],
] as const) {
  test(`${name} finds its way around`, async () => {
    const { hostname, port } = new URL(server.url);
    const client = new Client({ host: hostname, port: Number(port) });
    const [model] = await client.getSdModels();
    assert.equal((await client.getSamplers()).length, 20);
    assert.deepEqual((await client.getUpscalers()).map((upscaler) => upscaler.name).slice(0, 3), [
      'None',
      'Lanczos',
      'Nearest',
    ]);
    for (const list of [
      'getHypernetworks',
      'getFaceRestorers',
      'getRealesrganModels',
      'getPromptStyles',
    ] as const) {
      assert.deepEqual(await client[list](), []);
    }
    await client.refreshCheckpoints();
    assert.equal((await client.getCmdFlags()).api, true);
    await client.setOptions({ sd_model_checkpoint: model.title });
    assert.equal(await client.getCurrentModel(), model.title);
    const progress = await client.getProgress();
    assert.deepEqual([progress.progress, progress.state.job_count], [0, 0]);
  });

  test(`${name} draws from a picture, and only what a mask shows`, async () => {
    const client = new Client({ baseUrl: server.url });
    const ground = sharp({ create: { width: 64, height: 64, channels: 3, background: 'navy' } });
    const white = sharp({ create: { width: 16, height: 16, channels: 3, background: 'white' } });
    const mask = sharp({ create: { width: 64, height: 64, channels: 3, background: 'black' } }).composite([
      { input: await white.png().toBuffer(), left: 8, top: 8 },
    ]);
    const whole = await client.img2img({ ...words, init_images: [ground.png()], denoising_strength: 0.6 });
    assert.match(
      (JSON.parse(whole.info as string) as { infotexts: string[] }).infotexts[0],
      /Denoising strength: 0\.6/,
    );
    const masked = await client.img2img({
      ...words,
      init_images: [ground.png()],
      mask_image: mask.png(),
      mask_blur: 0,
    });
    const data = await masked.image.raw().toBuffer();
    const at = (x: number, y: number): readonly number[] => [
      ...data.subarray((y * 64 + x) * 3, (y * 64 + x) * 3 + 3),
    ];
    assert.deepEqual(at(60, 60), [0, 0, 128]);
    assert.notDeepEqual(at(16, 16), [0, 0, 128]);
  });

  test(`${name} draws the same picture twice, reads its parameters and enlarges it`, async () => {
    const client = new Client({ baseUrl: server.url });
    const first = await client.txt2img({ ...words, sampler_name: 'DPM++ 2M Karras' });
    const second = await client.txt2img({ ...words, sampler_name: 'DPM++ 2M Karras' });
    assert.equal(first.images.length, 1);
    const [one, two] = await Promise.all([first, second].map(({ image }) => image.raw().toBuffer()));
    assert.deepEqual(one, two);
    const [file] = (first.response.data.images ?? []).map((image) => Buffer.from(image, 'base64'));
    const { infotexts } = JSON.parse(first.info as string) as { infotexts: string[] };
    // The client encodes the picture anew; its texts go with it only if told to.
    assert.equal((await client.pngInfo(sharp(file).keepMetadata())).info, infotexts[0]);
    assert.match(infotexts[0], /Sampler: DPM\+\+ 2M, Schedule type: Karras, .*Seed: 7, Size: 64x64/);
    const { image } = await client.extraSingle({
      image: sharp(file),
      upscaler_1: 'Lanczos',
      upscaling_resize: 2,
    });
    const { width, height } = await image.metadata();
    assert.deepEqual([width, height], [128, 128]);
  });
}

test('what txt2img writes, png-info reads: words, numbers and the text itself', async () => {
  const client = new StableDiffusionApi({ baseUrl: server.url });
  const prompt = 'città, "virgolette": 猫 🍎\nNegative prompt in words, (a:1.3) [b|c]';
  const { info, response } = await client.txt2img({
    ...words,
    prompt,
    negative_prompt: 'x, y: "z"',
    cfg_scale: 6.5,
  });
  const { infotexts } = JSON.parse(info as string) as { infotexts: string[] };
  const read = await client.api.post('/sdapi/v1/png-info', { image: response.data.images?.[0] });
  const data = read.data as { info: string; parameters: Record<string, unknown> };
  assert.equal(data.info, infotexts[0]);
  assert.deepEqual(
    ['Prompt', 'Negative prompt', 'Steps', 'Sampler', 'CFG scale', 'Seed', 'Size-1', 'Size-2'].map(
      (key) => data.parameters[key],
    ),
    [prompt, 'x, y: "z"', '2', 'Euler a', '6.5', '7', '64', '64'],
  );
});
