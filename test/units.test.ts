import { deepEqual, equal } from 'node:assert/strict';
import { address, count, duration, file, flag, oneOf, path, secret, section, shown, size, text } from '../units.ts';
import { reading, world } from './support/options.ts';

describe('the scalars of the configuration', () => {
  describe('durations', () => {
    const good: readonly [unknown, number][] = [
      [0, 0],
      [250, 250],
      ['250ms', 250],
      ['5s', 5000],
      ['1.5s', 1500],
      ['2 m', 120_000],
      ['1h', 3_600_000],
      ['7d', 604_800_000],
    ];
    for (const [written, ms] of good) {
      it(`${JSON.stringify(written)} is ${ms} ms`, () => equal(reading(duration(), written), ms));
    }
    for (const written of ['5', '5 sec', '-5s', -5, 1.5, Number.NaN, Number.POSITIVE_INFINITY, true, [], null]) {
      it(`${JSON.stringify(written)} (${typeof written}) is refused`, () => {
        deepEqual(reading(duration(), written), [
          `: expected a time such as "5s", "250ms" or "1h" (a bare number is milliseconds), got ${shown(written)}`,
        ]);
      });
    }
    it('a time longer than a timer of Node can wait is refused', () => {
      deepEqual(reading(duration(), '30d'), [': expected a time of at most 24d, got "30d" (2592000000 ms)']);
    });
    it('a bare number that was meant as seconds falls under the least time', () => {
      deepEqual(reading(duration({ min: 10 }), 5), [': expected a time of at least 10ms, got the number 5 (5 ms)']);
    });
    it('0 is allowed below the least time where it means off', () => {
      equal(reading(duration({ min: 10, off: true }), 0), 0);
    });
  });

  describe('sizes and counts', () => {
    it('a size is a number of bytes or has a binary unit', () => {
      deepEqual(
        [0, 1024, '16KiB', '1.5MiB', '2GiB', '7B'].map((written) => reading(size(), written)),
        [0, 1024, 16_384, 1_572_864, 2_147_483_648, 7],
      );
    });
    for (const written of ['16KB', '16kib', '1e3', -1, 'x'.repeat(200)]) {
      it(`${shown(written)} is no size`, () => {
        deepEqual(reading(size(), written), [
          `: expected a size such as "16KiB" or "1MiB" (a bare number is bytes), got ${shown(written)}`,
        ]);
      });
    }
    it('a count is whole and in its range', () => {
      equal(reading(count({ min: 1 }), 3), 3);
      for (const written of [0, 1.5, '3', null]) {
        deepEqual(reading(count({ min: 1 }), written), [
          `: expected a whole number of at least 1, got ${shown(written)}`,
        ]);
      }
    });
  });

  describe('addresses', () => {
    const good: readonly [string, { host: string; port: number }][] = [
      ['0.0.0.0:8010', { host: '0.0.0.0', port: 8010 }],
      ['localhost:0', { host: 'localhost', port: 0 }],
      ['[::]:8010', { host: '::', port: 8010 }],
      ['[fe80::1]:65535', { host: 'fe80::1', port: 65_535 }],
    ];
    for (const [written, parsed] of good) {
      it(`${written} is read`, () => deepEqual(reading(address(), written), parsed));
    }
    for (const written of ['8010', ':8010', '0.0.0.0', '0.0.0.0:65536', '::1:8010', '*:8010', 'http://a:1', '', 8010]) {
      it(`${shown(written)} is refused`, () => {
        deepEqual(reading(address(), written), [
          `: expected an address and port such as "0.0.0.0:8010" or "[::]:8010", got ${shown(written)}`,
        ]);
      });
    }
    it('what stands in brackets is an IPv6 address', () => {
      deepEqual(reading(address(), '[1.2.3.4]:80'), [': expected an IPv6 address in the brackets, got "[1.2.3.4]:80"']);
    });
  });

  describe('secrets', () => {
    const password = secret(
      world({
        env: { SET: 'from-environment', EMPTY: '', LINES: 'one\ntwo' },
        files: {
          '/clinic/pw': '\uFEFFfrom-file\r\n',
          '/clinic/empty': '\n',
          '/clinic/key.pem': 'BEGIN\nhidden\nEND\n',
        },
      }),
      'a password',
    );
    const good: readonly [unknown, string][] = [
      ['plain', 'plain'],
      ['with ${SET} inside', 'with ${SET} inside'],
      ['${SET}', 'from-environment'],
      [{ file: 'pw' }, 'from-file'],
    ];
    for (const [written, value] of good) {
      it(`${JSON.stringify(written)} is read`, () => equal(reading(password, written), value));
    }

    const bad: readonly [unknown, string][] = [
      ['${MISSING}', 'the environment variable MISSING, got one that is not set'],
      ['${EMPTY}', 'the environment variable EMPTY, got one that holds empty text'],
      ['${LINES}', 'the environment variable LINES, got one that holds text with line breaks or control characters'],
      ['${NOT A NAME hidden}', 'got "${…}" around something that is no variable name'],
      [{ file: 'nowhere' }, 'expected a file with a password, got /clinic/nowhere, which does not exist'],
      [{ file: 'empty' }, 'on one line, got /clinic/empty with empty text'],
      [{ file: 'key.pem' }, 'on one line, got /clinic/key.pem with text with line breaks or control characters'],
      ['', 'got empty text'],
      ['hidden\nhidden', 'got text with line breaks or control characters'],
      [1234, 'got a number; put it in quotes'],
      [{ flie: 'hidden' }, 'got a mapping'],
      [['hidden'], 'got a list'],
      [true, 'got true or false'],
      [undefined, 'got nothing'],
    ];
    for (const [written, fragment] of bad) {
      it(`${JSON.stringify(written)} is described, not repeated`, () => {
        const [message] = [reading(password, written)].flat();
        equal(message?.includes(fragment), true, message);
        equal(/hidden|1234|one\ntwo/.test(message ?? ''), false, message);
      });
    }
  });

  it('a path is made absolute; a file has to be there', () => {
    const around = world({ files: { '/clinic/ca.pem': '' } });
    equal(reading(path(around, 'a folder'), './state'), '/clinic/state');
    equal(reading(file(around, 'a CA'), 'ca.pem'), '/clinic/ca.pem');
    deepEqual(reading(file(around, 'a CA'), 'cb.pem'), [
      ': expected the path of a CA, got "cb.pem": /clinic/cb.pem does not exist',
    ]);
    deepEqual(reading(path(around, 'a folder'), 'a\0b'), [': expected the path of a folder, got "a\\u0000b"']);
  });

  it('words, flags and text say what they expect', () => {
    deepEqual(reading(oneOf(['a', 'b', 'c']), 'd'), [': expected a, b or c, got "d"']);
    deepEqual(reading(flag(), 'yes'), [': expected true or false, got "yes"']);
    deepEqual(reading(text('a name'), 12), [': expected a name in quotes, got the number 12']);
    deepEqual(reading(text('a name'), ''), [': expected a name on one line, got empty text']);
  });

  it('an option without a value counts as not given, an unknown one is refused all the same', () => {
    const schema = section({ a: flag().default(true), b: flag().default(true) });
    deepEqual(reading(schema, { a: null, b: false }), { a: true, b: false });
    deepEqual(reading(schema, { c: null }), ['c: unknown option']);
    deepEqual(reading(schema, 'a'), [': expected a mapping of a, b, got text']);
  });
});
