import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { administer } from './admin.ts';
import { hybridService } from './api/hybrid.ts';
import { Arrivals } from './arrivals.ts';
import { operatorOf } from './basic.ts';
import { localTime } from './clock.ts';
import { openClinic, type Clinic } from './clinic/open.ts';
import { seedClinic } from './clinic/seed.ts';
import { ownKeeper, type Keeper } from './keeper.ts';
import { usualConditions, type Conditions } from './conditions.ts';
import { Faults } from './faults.ts';
import { USUAL_INSTITUTION, USUAL_OPERATOR, type SimulatorOptions, type TlsOptions } from './options.ts';
import { Pusher, pushRefusal } from './push.ts';
import type { Ground } from './exchange.ts';
import { serve } from './serve.ts';
import { BareSockets, closing, listen, showCertificate, tlsContext } from './sockets.ts';
import { standingFaults, type Listener } from './standing.ts';

/** A WebORCA that runs. */
export interface Simulator {
  /** http(s)://host:port, without a path */
  readonly url: string;
  readonly port: number;
  /** Of the old push listener, where there is one. */
  readonly pushPort: number | null;
  /** Of the administration's own listener, where there is one. */
  readonly adminPort: number | null;
  readonly clinic: Clinic;
  readonly faults: Faults;
  readonly arrivals: Arrivals;
  readonly conditions: Conditions;
  readonly pusher: Pusher;
  setHybridmode(value: string): void;
  close(): Promise<void>;
}

// What Go answers to bytes that are no HTTP request.
const MALFORMED =
  'HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nConnection: close\r\n\r\n400 Bad Request';

const HTTP_OPTIONS: ServerOptions = {
  // Go's front end knows neither of these limits.
  requestTimeout: 0,
  keepAliveTimeout: 0,
  maxHeaderSize: 1024 * 1024,
  // Anything but a WebSocket (curl's and Java's h2c) is served as plain HTTP.
  shouldUpgradeCallback: (request) => request.headers.upgrade?.toLowerCase() === 'websocket',
};

/** Starts a simulated WebORCA and resolves once it listens. */
export async function startSimulator(options: SimulatorOptions = {}): Promise<Simulator> {
  const now = options.now ?? ((): Date => new Date());
  const seed = options.seed ?? 1;
  const clinic = openClinic(options.postgres === undefined ? options.store : undefined);
  const patients = options.patients ?? 40;
  const seeding = {
    seed,
    patients,
    numberWidth: options.numberWidth ?? 5,
    history: options.history ?? { days: 60, visitsPerDay: Math.ceil(patients / 8) },
    institution: options.institution ?? USUAL_INSTITUTION,
  };
  const seedIt = (): void => void seedClinic(clinic, seeding, localTime(now()).date);
  const keeper = await keeperOf(options.postgres, clinic, seedIt);
  const conditions = usualConditions(options.hybridmode ?? 'normal');
  const arrivals = new Arrivals(options.arrivals ?? 10_000);
  const pusher = new Pusher(clinic, now);
  const bareSockets = new BareSockets();
  const listener: Listener = { close: () => undefined, reopen: () => undefined, showCertificate: () => undefined };
  const faults = new Faults(seed, standingFaults(clinic, conditions, listener, now));
  const ground: Ground = {
    flavour: options.flavour ?? 'onprem',
    operators: options.operators ?? [USUAL_OPERATOR],
    bare: options.bare ?? 'captured',
    isPadded: options.isPadded ?? false,
    clinic,
    keeper,
    conditions,
    faults,
    arrivals,
    pusher,
    now,
    bareSocket: (socket) => bareSockets.under(socket),
    hybrid: hybridService(),
  };

  const server = makeServer(options.tls, ground);
  server.on('connection', (socket: Socket) => bareSockets.add(socket));
  const host = options.listen?.host ?? '127.0.0.1';
  const port = await listen(server, host, options.listen?.port ?? 0);
  // A port that somebody else took while it was closed: said, and tried again at the next opening.
  server.on('error', (error) => process.emitWarning(error));
  listener.close = () => {
    server.close();
    bareSockets.destroyAll();
  };
  listener.reopen = () => void server.listen(port, host);
  listener.showCertificate = (which) => showCertificate(server, options.tls, which);

  const pushServer = options.pushListen ? makePushServer(ground) : null;
  const pushPort =
    pushServer && options.pushListen
      ? await listen(pushServer, options.pushListen.host ?? host, options.pushListen.port)
      : null;
  pushServer?.on('connection', (socket: Socket) => bareSockets.add(socket));

  const adminServer = options.adminListen ? makeAdminServer(ground) : null;
  const adminPort =
    adminServer && options.adminListen ? await listen(adminServer, '127.0.0.1', options.adminListen.port) : null;

  const scheme = options.tls ? 'https' : 'http';
  return {
    url: `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    pushPort,
    adminPort,
    clinic,
    faults,
    arrivals,
    conditions,
    pusher,
    setHybridmode(value) {
      conditions.hybridmode = value;
    },
    async close() {
      listener.reopen = () => undefined;
      faults.clear();
      adminServer?.closeAllConnections();
      const closed = [server, pushServer, adminServer].filter((each) => each !== null).map(closing);
      bareSockets.destroyAll();
      await Promise.all(closed);
      await keeper.close();
      clinic.close();
    },
  };
}

async function keeperOf(postgres: string | undefined, clinic: Clinic, seedIt: () => void): Promise<Keeper> {
  if (postgres === undefined) {
    seedIt();
    return ownKeeper(clinic);
  }
  // Few rehearse on a database; nobody else has to load what speaks with one.
  const { postgresKeeper } = await import('./postgres/keeper.ts');
  return postgresKeeper(clinic, postgres, seedIt);
}

function makeServer(tls: TlsOptions | undefined, ground: Ground): Server {
  const answer: RequestListener = (request, response) => {
    const isAdmin = /^\/simulator(?:[/?]|$)/.test(request.url ?? '');
    const handled = isAdmin ? administer(ground, request, response, 'shared') : serve(ground, request, response);
    handled.catch((error: unknown) => failed(request, error));
  };
  const server = tls ? createTlsServer({ ...HTTP_OPTIONS, ...tlsContext(tls) }) : createServer(HTTP_OPTIONS);
  server.on('request', answer);
  server.on('clientError', (_error, socket) => {
    if (socket.writable) socket.end(MALFORMED);
  });
  server.on('checkContinue', answer);
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    upgrade(ground, request, socket, head),
  );
  return server;
}

/** A bug of the simulator: the client sees a lost connection, the developer the stack. */
function failed(request: IncomingMessage, error: unknown): void {
  process.emitWarning(error instanceof Error ? (error.stack ?? error.message) : String(error));
  request.socket.destroy();
}

function makeAdminServer(ground: Ground): Server {
  return createServer((request, response) => {
    administer(ground, request, response, 'own').catch((error: unknown) => failed(request, error));
  });
}

function makePushServer(ground: Ground): Server {
  const server = createServer(HTTP_OPTIONS, (_request, response) => response.writeHead(404).end());
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) =>
    upgrade(ground, request, socket, head),
  );
  return server;
}

const REASONS = { 400: 'Bad Request', 401: 'Unauthorized', 404: 'Not Found' } as const;

function upgrade(ground: Ground, request: IncomingMessage, socket: Duplex, head: Buffer): void {
  socket.on('error', () => socket.destroy());
  const operator = operatorOf(request.headers.authorization, ground.operators);
  const arrival = ground.arrivals.begin(request, { operator, certificate: null }, ground.now());
  const refused = pushRefusal(ground.flavour, request, operator);
  arrival.status = refused ?? 101;
  if (refused === null) {
    ground.pusher.accept(request, socket, head);
    return;
  }
  const body = `${JSON.stringify({ Code: refused, Message: `code=${refused}, message=${REASONS[refused]}` })}\n`;
  const asking = refused === 401 ? 'Www-Authenticate: basic realm=Restricted\r\n' : '';
  socket.end(
    `HTTP/1.1 ${refused} ${REASONS[refused]}\r\nContent-Type: application/json\r\n${asking}` +
      `Date: ${ground.now().toUTCString()}\r\nContent-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}
