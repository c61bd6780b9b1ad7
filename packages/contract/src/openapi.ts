/** The native API and A1111's as one OpenAPI 3.1 document, made from their tables of routes. */
import { z } from 'zod';
import { routes, type Route } from './routes.ts';
import { sdapiErrorSchema, validationErrorSchema } from './sdapi/errors.ts';
import { sdapiRoutes } from './sdapi/routes.ts';

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
  const { $schema: _, ...rest } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema: described }) => {
      // A transforming schema's default is dropped, since it has the output's type; where it is stated, it is meant.
      const stated = z.globalRegistry.get(zodSchema)?.default;
      if (stated !== undefined) described.default = stated as typeof described.default;
    },
  }) as Json;
  return rest;
}

/** Routes that refuse in the same way. */
type Face = { readonly routes: Readonly<Record<string, Route>>; readonly errors: Json };

const faces: readonly Face[] = [
  { routes, errors: { default: refusal(errorSchema) } },
  {
    routes: sdapiRoutes,
    errors: {
      422: refusal(jsonSchema(validationErrorSchema, 'output')),
      default: refusal(jsonSchema(sdapiErrorSchema, 'output')),
    },
  },
];

function refusal(schema: Json): Json {
  return { description: 'An error', content: { 'application/json': { schema } } };
}

function operation(name: string, route: Route, errors: Json): Json {
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
      ...errors,
    },
  };
}

/** The document for `version` of the program. */
export function openApiDocument(version: string): Json {
  const paths: Record<string, Record<string, Json>> = {};
  for (const face of faces) {
    for (const [name, route] of Object.entries(face.routes)) {
      paths[route.path] = { ...paths[route.path], [route.method]: operation(name, route, face.errors) };
    }
  }
  return { openapi: '3.1.0', info: { title: 'Bottega', version, license: { name: 'Apache-2.0' } }, paths };
}
