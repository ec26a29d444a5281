import type { ServerResponse } from 'node:http';
import type { Flavour } from './options.ts';

type Header = readonly [name: string, value: string];

/** An answer before it is bytes of one flavour. */
export interface WireAnswer {
  readonly status: number;
  readonly contentType: string | null;
  readonly body: Buffer;
  /** Null on answers that WebORCA's front end makes without the application: they do not say a mode. */
  readonly hybridmode: string | null;
  readonly allow?: string;
  readonly authenticate?: string;
  /** Sent with a length however large it is. */
  readonly isMeasured?: boolean;
  readonly extra?: readonly Header[];
}

// WebORCA's front end (Go, echo) buffers 2 KiB: what fits gets a Content-Length, the rest is chunked.
const BUFFERED_BYTES = 2048;

function frontEnd(status: number, message: string): Omit<WireAnswer, 'hybridmode'> {
  const body = `${JSON.stringify({ Code: status, Message: message })}\n`;
  return { status, contentType: 'application/json', body: Buffer.from(body) };
}

export const UNAUTHORIZED: WireAnswer = {
  ...frontEnd(401, 'code=401, message=Unauthorized'),
  hybridmode: null,
  authenticate: 'basic realm=Restricted',
};
export const NOT_FOUND: WireAnswer = { ...frontEnd(404, 'code=404, message=Not Found'), hybridmode: null };
export const BAD_GATEWAY: WireAnswer = { status: 502, contentType: null, body: Buffer.alloc(0), hybridmode: null };

export function methodNotAllowed(allowed: 'GET' | 'POST'): WireAnswer {
  return { ...frontEnd(405, 'code=405, message=Method Not Allowed'), hybridmode: null, allow: `OPTIONS, ${allowed}` };
}

/** Under /api the application itself says that it knows no such call, and with it its mode. */
export function noSuchApi(hybridmode: string): WireAnswer {
  return { ...frontEnd(404, 'APIが存在しません'), hybridmode };
}

export function apiAnswer(form: 'xml' | 'json', text: string, hybridmode: string): WireAnswer {
  return { status: 200, contentType: `application/${form}; charset=UTF-8`, body: Buffer.from(text), hybridmode };
}

/** What of the request decides about the framing of its answer. */
export interface Framing {
  readonly httpVersion: string;
  /** The connection stays for another request. */
  readonly isKept: boolean;
}

/** The header section in the order and casing in which each flavour was captured. */
export function headersOf(answer: WireAnswer, flavour: Flavour, framing: Framing, at: Date): readonly Header[] {
  const date: Header = ['Date', at.toUTCString()];
  const type: readonly Header[] = answer.contentType === null ? [] : [['Content-Type', answer.contentType]];
  const length: Header = ['Content-Length', String(answer.body.length)];
  const mode: readonly Header[] = answer.hybridmode === null ? [] : [['X-Hybridmode', answer.hybridmode]];
  const allow: readonly Header[] = answer.allow === undefined ? [] : [['Allow', answer.allow]];
  const asking: readonly Header[] =
    answer.authenticate === undefined ? [] : [['Www-Authenticate', answer.authenticate]];
  const isChunked = answer.body.length > BUFFERED_BYTES && !answer.isMeasured;
  const extra = answer.extra ?? [];
  // HTTP/1.0 knows no chunks: the end of the connection ends the body.
  const chunked: readonly Header[] = framing.httpVersion === '1.0' ? [] : [['Transfer-Encoding', 'chunked']];
  const close: readonly Header[] = framing.isKept || framing.httpVersion === '1.0' ? [] : [['Connection', 'close']];
  switch (flavour) {
    case 'onprem':
      return [
        ...allow,
        ...type,
        ...extra,
        ...asking,
        ...mode,
        date,
        ...(isChunked ? [...close, ...chunked] : [length, ...close]),
      ];
    case 'cloud': {
      const start = [...allow, ...(isChunked ? [] : [length]), ...type, date, ...extra];
      return [...start, ['Vary', 'Origin'], ...asking, ...mode, ...close, ...(isChunked ? chunked : [])];
    }
    case 'trial': {
      const connection: Header = ['Connection', framing.isKept ? 'keep-alive' : 'close'];
      const start: readonly Header[] = [['Server', 'nginx/1.18.0 (Ubuntu)'], date, ...type, ...extra];
      return [...start, ...(isChunked ? chunked : [length]), connection, ...allow, ...asking, ...mode];
    }
  }
}

/** Writes the header section exactly so, with nothing that Node would add. */
export function writeHead(response: ServerResponse, status: number, headers: readonly Header[]): void {
  response.sendDate = false;
  // Marked as removed, Node adds neither Connection nor Keep-Alive of its own and still keeps the connection.
  response.removeHeader('connection');
  response.writeHead(status, headers.flat());
}
