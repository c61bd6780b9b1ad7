/** The API's description: for programs at `/openapi.json`, for people at `/docs`. */
import { openApiDocument } from '@bottega/contract';
import { Hono } from 'hono';

type Operation = { readonly summary?: string };

/** A page without scripts or anything from elsewhere. */
export function docsRoutes(version: string): Hono {
  const document = openApiDocument(version);
  const page = docsPage(version, document.paths as Record<string, Record<string, Operation>>);
  return new Hono()
    .get('/openapi.json', (c) => c.json(document))
    .get('/docs', (c) =>
      c.html(page, 200, { 'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'" }),
    );
}

function docsPage(
  version: string,
  paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>,
): string {
  const rows = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { summary = '' }]) =>
        `<tr><td>${method.toUpperCase()}</td><td><code>${escape(path)}</code></td><td>${escape(summary)}</td></tr>`,
    ),
  );
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>Bottega's API</title>
<style>:root{color-scheme:light dark}body{font:1rem/1.5 system-ui;max-width:60rem;margin:2rem auto;padding:0 1rem}
td,th{padding:.3rem .8rem .3rem 0;text-align:left;vertical-align:top}</style></head>
<body><h1>Bottega's API</h1>
<p>Version ${escape(version)}. The whole description, with every field, is <a href="/openapi.json">/openapi.json</a> (OpenAPI 3.1).
Errors are <code>{"error": {"code", "message", "field"}}</code>.</p>
<table><thead><tr><th>Method</th><th>Address</th><th>What it does</th></tr></thead><tbody>
${rows.join('\n')}
</tbody></table></body></html>
`;
}

function escape(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
