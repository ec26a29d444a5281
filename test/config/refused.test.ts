import { equal, throws } from 'node:assert/strict';
import { configured, SOUND } from '../support/configuration.ts';

const configuration = configured();

describe('a configuration that cannot be used', () => {
  const refused: readonly [what: string, text: string, expected: readonly string[]][] = [
    [
      'an empty file',
      '',
      ['1:1 environments: expected a mapping of operational, cloudEmergency, localEmergency, got nothing'],
    ],
    ['a list', '- a', ['1:1 : expected a mapping of state, gateway, control, health, switch, environments']],
    ['plain text', 'hushhush', ['1:1 : expected a mapping of state, gateway']],
    ['an unknown section', `${SOUND}swich: {}`, ['6:1 swich: unknown option; did you mean switch?']],
    [
      'an unknown option far from any other',
      `${SOUND}state: { folder: x }`,
      ['6:10 state.folder: unknown option; expected one of dir, initial'],
    ],
    [
      'an unknown option close to another, deep inside',
      `${SOUND}gateway:\n  limits:\n    headerByte: 16KiB`,
      ['8:5 gateway.limits.headerByte: unknown option; did you mean headerBytes?'],
    ],
    [
      'a duplicate option, told together with what else is wrong',
      `${SOUND}state: { dir: a }\nstate: { dir: b }\nhealth: { every: soon }`,
      ['7:1 state: expected each option once, got it a second time', '8:18 health.every: expected a time such as "5s"'],
    ],
    [
      'a duplicate option, deep inside',
      SOUND.replace('user: emr,', 'user: emr, user: emr,'),
      ['5:38 partners[0].basic.user: expected each option once, got it a second time'],
    ],
    [
      'emergency without its environment',
      `${SOUND}emergency: local`,
      ['6:12 emergency: expected cloud, or environments.localEmergency to be there, got local without it'],
    ],
    [
      'a missing operational environment',
      SOUND.replace('operational', 'localEmergency'),
      ['1:1 environments.operational: expected a mapping of kind, url'],
    ],
    [
      'a port used twice',
      `${SOUND}gateway:\n  listen:\n    - "0.0.0.0:8010"\n    - "127.0.0.1:8010"`,
      ['9:7 gateway.listen[1]: expected a port of its own, got 8010, which gateway.listen[0] uses'],
    ],
    [
      'a port used by two rooms',
      `${SOUND}control: { listen: "127.0.0.1:8010" }`,
      ['6:20 control.listen: expected a port of its own, got 8010, which gateway.listen[0] uses'],
    ],
    [
      'a listener for a partner that is not there',
      `${SOUND}gateway: { listen: { address: "0.0.0.0:8010", partner: emrr } }`,
      ['6:56 gateway.listen.partner: expected one of the partners emr, got "emrr"'],
    ],
    [
      'a partner that nothing recognises',
      `${SOUND}  - name: device`,
      [
        '6:5 partners[1]: expected basic, token, certificate, address or a listener that names "device", got none of them',
      ],
    ],
    [
      'a partner known by a certificate that nobody asks for',
      `${SOUND}  - { name: device, certificate: device.local }`,
      ['6:34 partners[1].certificate: expected only with gateway.tls.clientCa, without which no client certificate'],
    ],
    [
      'two partners of one name',
      `${SOUND}  - { name: emr, token: abc }`,
      ['6:13 partners[1].name: expected a name of its own, got the one of partners[0] ("emr")'],
    ],
    [
      'two partners of one user',
      `${SOUND}  - { name: two, basic: { user: emr, password: other } }`,
      ['6:33 partners[1].basic.user: expected a user of its own, got the one of partners[0] ("emr")'],
    ],
    [
      'two partners of one token',
      `${SOUND}  - { name: a, token: hushhush }\n  - { name: b, token: hushhush }`,
      ['7:23 partners[2].token: expected a token of its own, got the one of partners[1] ("a")'],
    ],
    [
      'credentials for an environment that is not there',
      SOUND.replace('emr, basic', 'emr, credentials: { localEmergency: { user: a, password: b } }, basic'),
      [
        '5:49 partners[0].credentials.localEmergency: expected only with environments.localEmergency, which is not there',
      ],
    ],
    [
      'an environment at our own address',
      SOUND.replace('192.0.2.2:8000', '127.0.0.1:8010'),
      ["3:39 environments.cloudEmergency.url: expected a WebORCA, got this gateway's own gateway.listen[0]"],
    ],
    [
      'one environment under two names',
      SOUND.replace('192.0.2.2:8000"', '192.0.2.1:8000", user: ormaster, password: x'),
      [
        '3:39 environments.cloudEmergency.url: expected an environment of its own, got the url, user and certificate of operational',
      ],
    ],
    [
      'a hold that is too short',
      `${SOUND}switch:\n  hold: 5s`,
      ['7:9 switch.hold: expected at least drain + settle + 1s (3000 + 4000 + 1000 = 8000 ms), got 5000 ms'],
    ],
    [
      'a file that is not there',
      `${SOUND}control:\n  tls:\n    certificate: tls/control.pem\n    key: tls/kontrol.key`,
      ['9:10 control.tls.key: expected the path of a PEM private key, got "tls/kontrol.key": '],
    ],
    [
      'a folder in place of a file',
      `${SOUND}control: { tls: { certificate: tls, key: tls/control.key } }`,
      ['6:32 control.tls.certificate: expected the path of a PEM certificate, got "tls": '],
    ],
    [
      'a missing secret',
      SOUND.replace('hushhush', '"${NOWHERE}"'),
      [
        '2:88 environments.operational.password: expected a password in the environment variable NOWHERE, got one that is not set',
      ],
    ],
    [
      'several problems, in the order of the text',
      `health: { every: x }\nlog: { level: loud }\n${SOUND}state: 5`,
      [
        '1:18 health.every: ',
        '2:15 log.level: expected fatal, error, warn, info, debug or trace, got "loud"',
        '8:8 state: expected a mapping of dir, initial, got a number',
      ],
    ],
    ['a tab', 'state:\n\tdir: x', ['2:1 : expected spaces at the beginning of the line, got a tab']],
    ['two documents', `${SOUND}---\nstate: {}`, ['6:1 : expected one YAML document, got a second one (---)']],
    [
      'an alias of nothing',
      `${SOUND}state: { dir: *x }`,
      ['6:15 state.dir: expected a value in quotes, got one that begins with *'],
    ],
    [
      'a tag',
      `${SOUND}state: { dir: !x y }`,
      ['6:15 state.dir: expected a value in quotes, got one that begins with ! (a YAML tag)'],
    ],
    [
      'a loop',
      `${SOUND}state: &a { dir: *a }`,
      ['6:11 state.dir: expected the path', '6:18 state.dir.dir: expected a few hundred values'],
    ],
  ];
  for (const [what, text, expected] of refused) {
    it(what, () => {
      const found = configuration.problems(text);
      const at = expected.findIndex((fragment, index) => !found[index]?.startsWith(fragment));
      equal(at, -1, `expected ${expected[at]}\nfound\n${found.join('\n')}`);
      equal(found.length, expected.length, found.join('\n'));
    });
  }

  it('its message has a line for every problem, with file, line, column, option', () => {
    throws(() => configuration.parse(`${SOUND}emergency: x\nlog: { level: 1 }`), {
      name: 'ConfigError',
      code: 'CONFIG',
      message: [
        'h.yaml:6:12: emergency: expected cloud or local, got "x"',
        'h.yaml:7:15: log.level: expected fatal, error, warn, info, debug or trace, got the number 1',
      ].join('\n'),
    });
  });
});
