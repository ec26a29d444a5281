import { scanJson } from './scan-json.ts';
import { type ScanEnd, scanXml, type Visit } from './scan.ts';

/** How much of a body is ever looked at. No request that is only a read comes near. */
export const WINDOW_BYTES = 64 * 1024;

export interface Window {
  readonly form: 'xml' | 'json';
  /** One character per byte, so that offsets are the body's, and so that no decoder runs over every request. */
  readonly text: string;
  /** Where the text begins in the body, behind a byte order mark. */
  readonly offset: number;
  readonly isCut: boolean;
}

/** The first bytes of an XML or JSON body, null for anything else: compressed, UTF-16, a form, nothing. */
export function windowOf(body: Buffer): Window | null {
  const offset = body[0] === 0xef && body[1] === 0xbb && body[2] === 0xbf ? 3 : 0;
  const text = body.toString('latin1', offset, WINDOW_BYTES);
  const first = /[^ \t\r\n]/.exec(text)?.[0];
  if (first !== '<' && first !== '{' && first !== '[') return null;
  return { form: first === '<' ? 'xml' : 'json', text, offset, isCut: body.length > WINDOW_BYTES };
}

export function scan(window: Window, visit: Visit): ScanEnd {
  return window.form === 'xml' ? scanXml(window.text, visit) : scanJson(window.text, visit);
}
