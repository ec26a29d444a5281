import assert from 'node:assert/strict';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { z } from 'zod';
import { EventStreams } from '../../control/events.ts';
import { createControlMetrics } from '../../control/metrics.ts';
import { DOCUMENT } from '../../control/openapi/document.ts';
import type { Operation } from '../../control/openapi/openapi.ts';
import { PROBLEM_CODES } from '../../control/problem.ts';
import type { Route } from '../../control/route.ts';
import { openRecords } from '../../control/records.ts';
import { controlRoutes } from '../../control/routes.ts';
import { createSwitch } from '../../control/switch/deps.ts';
import { modeView } from '../../control/view.ts';
import { openJournal } from '../../gateway/journal/journal.ts';
import { ModeStore } from '../../mode/store.ts';
import { openState } from '../../state/open.ts';
import { folder, removeFolders } from '../state/folder.ts';
import { operation, parser } from './description.ts';
import { PlayedGateway, scene } from './fixture.ts';

// The shape of OpenAPI 3.1, as far as this description uses it; an unknown member is a mistake.
const Media = z.strictObject({ schema: z.record(z.string(), z.unknown()) });
const Content = z.record(z.string().regex(/^[a-z]+\/[a-z+-]+$/), Media);
const Parameter = z.strictObject({
  name: z.string().min(1),
  in: z.enum(['query', 'header', 'path']),
  description: z.string().min(1),
  required: z.boolean().optional(),
  schema: z.record(z.string(), z.unknown()),
});
const OperationShape = z.strictObject({
  operationId: z.string().regex(/^[a-z][A-Za-z]+$/),
  tags: z.array(z.string()).min(1),
  summary: z.string().regex(/\.$/),
  description: z.string().optional(),
  security: z.array(z.record(z.string(), z.array(z.string()))).max(2),
  parameters: z.array(Parameter).optional(),
  requestBody: z.strictObject({ required: z.literal(true), content: Content }).optional(),
  responses: z.record(
    z.string().regex(/^[2-5]\d\d$/),
    z.strictObject({ description: z.string().min(1), content: Content.optional() }),
  ),
});
const DocumentShape = z.strictObject({
  openapi: z.literal('3.1.0'),
  info: z.strictObject({
    title: z.string(),
    version: z.string(),
    description: z.string(),
    license: z.strictObject({ name: z.string(), identifier: z.string() }),
  }),
  servers: z.array(z.strictObject({ url: z.string() })),
  tags: z.array(z.strictObject({ name: z.string(), description: z.string() })),
  paths: z.record(
    z.string().startsWith('/'),
    z.strictObject({
      get: OperationShape.optional(),
      post: OperationShape.optional(),
      delete: OperationShape.optional(),
    }),
  ),
  components: z.strictObject({
    schemas: z.record(z.string().regex(/^[A-Z][A-Za-z]+$/), z.record(z.string(), z.unknown())),
    securitySchemes: z.strictObject({
      token: z.strictObject({ type: z.literal('http'), scheme: z.literal('bearer'), description: z.string() }),
      session: z.strictObject({
        type: z.literal('apiKey'),
        in: z.literal('cookie'),
        name: z.string(),
        description: z.string(),
      }),
    }),
  }),
});

interface Described {
  readonly method: string;
  readonly path: string;
  readonly is: Operation;
}

function described(): Described[] {
  return Object.entries(DOCUMENT.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, is]) => ({ method: method.toUpperCase(), path, is })),
  );
}

/** The routes, as they are served. */
async function served(): Promise<Route[]> {
  const state = openState(folder());
  const store = new ModeStore(state, { initial: 'normal', target: 'cloudEmergency' });
  const gateway = new PlayedGateway();
  const registry = new Registry();
  const log = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const records = openRecords({ store, stateDir: state.dir, log });
  const { journal } = await openJournal(join(state.dir, 'journal'));
  const routes = controlRoutes({
    switching: createSwitch({ ...records, store, options: { dwellMs: 0 }, configured: [] }),
    gateway,
    journal,
    login: records.login,
    onOutcome: () => undefined,
    events: new EventStreams(
      () => ({ type: 'mode', data: null }),
      () => undefined,
    ),
    registry,
    metrics: createControlMetrics(registry),
    log,
    viewMode: () => modeView(store, gateway, []),
    viewEnvironments: () => [],
    unready: () => [],
  });
  await journal.close();
  records.close();
  state.close();
  return routes;
}

function takes(name: string, body: object): boolean {
  return parser({ $ref: `#/components/schemas/${name}` }).safeParse(body).success;
}

describe('the description of the API', () => {
  afterEach(removeFolders);

  it('is OpenAPI 3.1, and what the API serves', async () => {
    const here = await scene();
    const { json } = await here.call('GET', '/api/openapi.json');
    assert.deepEqual(json, JSON.parse(JSON.stringify(DOCUMENT)));
    const result = DocumentShape.safeParse(json);
    assert.ok(result.success, result.error?.message);
    await here.end();
  });

  it('describes every route, and no other', async () => {
    const routes = (await served()).map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
    const inDocument = described().map(({ method, path }) => `${method} ${path}`);
    assert.deepEqual(inDocument.sort(), routes.sort());
  });

  it('names the scopes that each route asks for, of a token and of a session alike', async () => {
    for (const { method, path, scopes } of await served()) {
      const stated = operation(method, path.replaceAll(/:(\w+)/g, '{$1}'))?.security;
      assert.deepEqual(stated, scopes === null ? [] : [{ token: scopes }, { session: scopes }], `${method} ${path}`);
    }
  });

  it('has operation ids of their own, and only tags that it explains', () => {
    const ids = described().map(({ is }) => is.operationId);
    assert.equal(new Set(ids).size, ids.length);
    const tags: string[] = DOCUMENT.tags.map(({ name }) => name);
    assert.deepEqual([...new Set(described().flatMap(({ is }) => is.tags))].sort(), tags.sort());
  });

  it('refers only to schemas that it has, and has none that nothing refers to', () => {
    const refs = [...JSON.stringify(DOCUMENT).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(
      (match) => match[1] ?? '',
    );
    assert.deepEqual([...new Set(refs)].sort(), Object.keys(DOCUMENT.components.schemas).sort());
  });

  it('has only schemas that can be understood', () => {
    for (const schema of Object.values(DOCUMENT.components.schemas)) parser(schema);
    for (const { is } of described()) {
      for (const parameter of is.parameters ?? []) parser(parameter.schema);
      for (const answer of Object.values(is.responses)) {
        for (const media of Object.values(answer.content ?? {})) parser(media.schema);
      }
    }
  });

  it('knows the bodies that the API takes, and refuses those that it refuses', () => {
    const good = { to: 'emergency', target: 'local', expectedEpoch: 1, reason: '訓練', override: ['*'] };
    assert.ok(takes('SwitchBody', good));
    assert.ok(!takes('SwitchBody', { ...good, force: true }));
    assert.ok(!takes('SwitchBody', { ...good, expectedEpoch: 0 }));
    assert.ok(!takes('SwitchBody', { ...good, target: 'operational' }));
    assert.ok(takes('ConfirmBody', { expectedEpoch: 1, reason: '開院' }));
    assert.ok(!takes('ConfirmBody', { expectedEpoch: 1 }));
  });

  it('lists every code that a problem may have', () => {
    const { Problem } = DOCUMENT.components.schemas;
    assert.deepEqual(Problem?.properties?.['code'], { type: 'string', enum: PROBLEM_CODES });
  });
});
