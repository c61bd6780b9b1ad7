import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openApiDocument } from './openapi.ts';
import { routes } from './routes.ts';

test('every route is in the OpenAPI document, with its method', () => {
  const document = openApiDocument('1.2.3') as {
    paths: Record<string, Record<string, { operationId: string }>>;
  };
  for (const [name, route] of Object.entries(routes)) {
    assert.equal(document.paths[route.path][route.method].operationId, name);
  }
});

test('bodies are described as they are sent: defaults are optional', () => {
  const text = JSON.stringify(openApiDocument('1'));
  const document = JSON.parse(text) as {
    paths: Record<
      string,
      Record<string, { requestBody: { content: Record<string, { schema: { required?: string[] } }> } }>
    >;
  };
  const schema = document.paths['/api/v1/generations'].post.requestBody.content['application/json'].schema;
  assert.deepEqual(schema.required ?? [], []);
});
