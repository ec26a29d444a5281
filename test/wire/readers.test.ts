import assert from 'node:assert/strict';
import { CARELESS, readCarelessly } from './lenient-reader.ts';
import { StrictReader } from './strict-reader.ts';

/** What a strict server makes of these bytes. */
function strictly(text: string): string[] {
  const seen: string[] = [];
  const reader = new StrictReader({
    head: ({ method, target }) => seen.push(`${method} ${target}`),
    data: (bytes) => seen.push(`body ${bytes.toString('latin1')}`),
    end: () => seen.push('end'),
    broken: () => seen.push('broken'),
  });
  reader.push(Buffer.from(text, 'latin1'));
  return seen;
}

/** The ways of being careless that see more or less than one whole request here. */
function disagreeing(text: string): number {
  return CARELESS.filter((how) => readCarelessly(text, 0, how)?.end !== text.length).length;
}

const head = (fields: string): string => `POST /a HTTP/1.1\r\nHost: h\r\n${fields}\r\n`;
const inner = 'GET /hidden HTTP/1.1\r\nHost: h\r\n\r\n';

describe('the readers of what reached an environment', () => {
  it('agree on ordinary requests', () => {
    for (const text of [
      head(''),
      `${head('Content-Length: 5\r\n')}hello`,
      `${head('Transfer-Encoding: chunked\r\n')}5\r\nhello\r\n0\r\n\r\n`,
      `${head(`Content-Length: ${inner.length}\r\n`)}${inner}`,
    ]) {
      assert.equal(strictly(text).at(-1), 'end', text);
      assert.equal(disagreeing(text), 0, text);
    }
  });

  it('differ where a request could hide', () => {
    for (const text of [
      `${head(`Content-Length: ${inner.length}\r\nTransfer_Encoding: chunked\r\n`)}0\r\n\r\n${inner.slice(5)}`,
      `${head(`Content-Length: ${inner.length}\r\nContent_Length: 0\r\n`)}${inner}`,
      head('Content_Length: 5\r\n'),
      head('X: a\x01\r\nContent-Length: 0, 5\r\n'),
    ]) {
      assert.ok(disagreeing(text) > 0 || strictly(text).includes('broken'), text);
      assert.ok(disagreeing(text) > 0, text);
    }
  });

  it('take a strict server to refuse what only careless ones read', () => {
    for (const fields of [
      'Content-Length : 5\r\n',
      'Content-Length: +5\r\n',
      'Content-Length: 5\r\nContent-Length: 5\r\n',
      'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n',
      'Transfer-Encoding: chunked, identity\r\n',
      'X: a\r\n b\r\n',
      'Host: again\r\n',
      'X: a\rY: b\r\n',
    ]) {
      assert.deepEqual(strictly(head(fields)), ['broken'], fields);
    }
  });

  it('leave what is behind a request to the next one', () => {
    assert.deepEqual(strictly(head('') + inner), ['POST /a', 'end', 'GET /hidden', 'end']);
  });
});
