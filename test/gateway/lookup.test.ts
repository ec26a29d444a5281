import assert from 'node:assert/strict';
import type { LookupAddress } from 'node:dns';
import { rememberingLookup } from '../../gateway/lookup.ts';

describe('the look-up of an environment', () => {
  const notFound = Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' });

  function lookupWith(answers: (LookupAddress[] | Error)[]) {
    const lookup = rememberingLookup((_hostname, _options, answer) => {
      const next = answers.shift();
      if (next instanceof Error) answer(next, []);
      else answer(null, next ?? []);
    });
    return () =>
      new Promise<string>((resolve) => {
        lookup('weborca.example', { all: true }, (error, address) => {
          resolve(error?.code ?? (Array.isArray(address) ? address.map((one) => one.address).join() : address));
        });
      });
  }

  it('asks anew for every connection', async () => {
    const look = lookupWith([[{ address: '192.0.2.1', family: 4 }], [{ address: '192.0.2.2', family: 4 }]]);
    assert.equal(await look(), '192.0.2.1');
    assert.equal(await look(), '192.0.2.2');
  });

  it('uses the last good answer while the name service is down', async () => {
    const look = lookupWith([[{ address: '192.0.2.1', family: 4 }], notFound, notFound]);
    await look();
    assert.equal(await look(), '192.0.2.1');
    assert.equal(await look(), '192.0.2.1');
  });

  it('says what is wrong where there never was an answer', async () => {
    assert.equal(await lookupWith([notFound])(), 'ENOTFOUND');
  });
});
