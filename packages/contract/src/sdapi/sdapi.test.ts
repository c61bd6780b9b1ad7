import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApiDocument } from '../openapi.ts';
import { recipeSchema } from '../recipe.ts';
import { img2imgRequestSchema, txt2imgRequestSchema } from './generation.ts';
import { sdapiRoutes } from './routes.ts';

type Schema = {
  readonly properties: Readonly<Record<string, { type?: string; default?: unknown; minimum?: number }>>;
};
type Operation = {
  requestBody?: { content: Record<string, { schema: Schema }> };
  responses: Record<string, unknown>;
};
const document = openApiDocument('1') as { paths: Record<string, Record<string, Operation>> };

test('every route of the face is in the OpenAPI document', () => {
  for (const route of Object.values(sdapiRoutes))
    assert.ok(document.paths[route.path][route.method], route.path);
});

test('the document states types, ranges and defaults of coerced fields', () => {
  const body = document.paths['/sdapi/v1/txt2img'].post.requestBody?.content['application/json'].schema;
  assert.deepEqual(body?.properties.steps, { type: 'integer', minimum: 1, maximum: 150, default: 50 });
  assert.equal(body?.properties.sampler_index.default, 'Euler');
  assert.ok('422' in document.paths['/sdapi/v1/txt2img'].post.responses);
});

test('an empty request has the defaults of A1111', () => {
  const request = txt2imgRequestSchema.parse({});
  assert.deepEqual(
    [
      request.steps,
      request.cfg_scale,
      request.width,
      request.sampler_index,
      request.sampler_name,
      request.seed,
    ],
    [50, 7, 512, 'Euler', null, -1],
  );
  assert.equal(img2imgRequestSchema.parse({}).denoising_strength, 0.75);
});

test('values are coerced as pydantic does, unknown keys ignored, null is the default', () => {
  const { steps, cfg_scale, prompt, enable_hr, width } = txt2imgRequestSchema.parse({
    steps: 20.7,
    cfg_scale: '5.5',
    prompt: 7,
    enable_hr: 'off',
    width: null,
    made_up: 1,
  });
  assert.deepEqual([steps, cfg_scale, prompt, enable_hr, width], [20, 5.5, '7', false, 512]);
});

for (const [field, value, type] of [
  ['steps', 0, 'value_error.number.not_ge'],
  ['steps', -1, 'value_error.number.not_ge'],
  ['steps', 1e9, 'value_error.number.not_le'],
  ['steps', 'twenty', 'type_error.integer'],
  ['steps', '1.5', 'type_error.integer'],
  ['width', 1, 'value_error.number.not_ge'],
  ['height', 7, 'value_error.number.not_ge'],
  ['height', 1_000_000, 'value_error.number.not_le'],
  ['cfg_scale', Number.NaN, 'type_error.float'],
  ['cfg_scale', 'nan', 'type_error.float'],
  ['seed', 2 ** 53 + 1, 'value_error.number.not_le'],
  ['seed', -2, 'value_error.number.not_ge'],
  ['prompt', {}, 'type_error.str'],
  ['prompt', 'x'.repeat(100_001), 'value_error.any_str.max_length'],
  ['enable_hr', 'perhaps', 'type_error.bool'],
  ['enable_hr', [], 'type_error.bool'],
  ['styles', 'one', 'type_error.list'],
  ['override_settings', [], 'type_error.dict'],
] as const) {
  test(`${field} = ${String(value).slice(0, 20)} is refused and named: ${type}`, () => {
    const issue = txt2imgRequestSchema.safeParse({ [field]: value }).error?.issues[0];
    assert.deepEqual(issue?.path, [field]);
    assert.equal(issue.code === 'custom' && issue.params?.type, type);
  });
}

test('what this face accepts at its limits, a recipe accepts too', () => {
  const names = {
    steps: 'steps',
    width: 'width',
    height: 'height',
    cfg_scale: 'cfgScale',
    seed: 'seed',
    subseed: 'subseed',
    subseed_strength: 'subseedStrength',
    batch_size: 'batchSize',
    n_iter: 'batchCount',
  } as const;
  for (const [field, name] of Object.entries(names)) {
    for (const value of [0, 1, 8, 16, 30, 100, 101, 150, 151, 16384, 16385, 4294967295, 4294967296, -1, -2]) {
      if (!txt2imgRequestSchema.safeParse({ [field]: value }).success) continue;
      assert.ok(recipeSchema.safeParse({ [name]: value }).success, `${field} = ${value}`);
    }
  }
});
