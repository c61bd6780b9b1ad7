/** The native API as an OpenAPI 3.1 document, made from the table of routes. */
import { z } from 'zod';
import { routes, type Route } from './routes.ts';

type Json = { readonly [key: string]: unknown };

const errorSchema: Json = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: { code: { type: 'string' }, message: { type: 'string' }, field: { type: 'string' } },
    },
  },
};

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): Json {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json;
  return rest;
}

function operation(name: string, route: Route): Json {
  const pathParameters = [...route.path.matchAll(/\{(\w+)\}/g)].map(([, key]) => ({
    name: key,
    in: 'path',
    required: true,
    schema: { type: 'string' },
  }));
  const query =
    route.query === undefined ? {} : ((jsonSchema(route.query, 'input').properties ?? {}) as Json);
  const body =
    route.body === undefined
      ? undefined
      : route.body === 'picture'
        ? { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } }
        : { 'application/json': { schema: jsonSchema(route.body, 'input') } };
  return {
    operationId: name,
    summary: route.summary,
    parameters: [
      ...pathParameters,
      ...Object.entries(query).map(([key, schema]) => ({ name: key, in: 'query', schema })),
    ],
    ...(body && { requestBody: { required: true, content: body } }),
    responses: {
      [route.status]: {
        description: route.summary,
        ...(route.response && {
          content: { 'application/json': { schema: jsonSchema(route.response, 'output') } },
        }),
      },
      default: { description: 'An error', content: { 'application/json': { schema: errorSchema } } },
    },
  };
}

/** The document for `version` of the program. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const [name, route] of Object.entries(routes as Record<string, Route>)) {
    paths[route.path] = { ...paths[route.path], [route.method]: operation(name, route) };
  }
  return { openapi: '3.1.0', info: { title: 'Bottega', version, license: { name: 'Apache-2.0' } }, paths };
}
