import assert from 'node:assert/strict';
import { partnerIndex, plainAddress, type Bearings } from '../../gateway/partner.ts';
import { partner } from '../support/gateway.ts';
import { basic } from './ask.ts';

const PARTNERS = [
  partner({ name: 'emr', basic: { user: 'emr', password: 'emr:päss' } }),
  partner({ name: 'onshi', token: 'onshi-token' }),
  partner({ name: 'push', certificate: 'push.clinic.local' }),
  partner({ name: 'till', address: '192.0.2.0/24' }),
  partner({ name: 'kiosk', address: '192.0.2.9' }),
  partner({ name: 'v6', address: '2001:db8::/32' }),
  partner({ name: 'old', address: null }),
];
const NOTHING: Bearings = { authorization: [], certificate: null, address: '198.51.100.1', listener: null };

function recognised(bearings: Partial<Bearings>, index = partnerIndex(PARTNERS)): string {
  const recognition = index.recognise({ ...NOTHING, ...bearings });
  return recognition.kind === 'partner' ? recognition.partner.name : 'unknown';
}

const emr = basic({ user: 'emr', password: 'emr:päss' });
const wrong = basic({ user: 'emr', password: 'emr' });
const stranger = basic({ user: 'ormaster', password: 'ormaster' });

describe('a partner is recognised', () => {
  const cases: [string, Partial<Bearings>, string][] = [
    ['by nothing', {}, 'unknown'],
    ['by its user and password', { authorization: [emr] }, 'emr'],
    ['with the scheme in small letters', { authorization: [emr.replace('Basic', 'basic')] }, 'emr'],
    ['with several spaces behind the scheme', { authorization: [emr.replace(' ', '   ')] }, 'emr'],
    ['not with a wrong password', { authorization: [wrong] }, 'unknown'],
    ['not with an empty password', { authorization: [basic({ user: 'emr', password: '' })] }, 'unknown'],
    ['not with a longer password', { authorization: [basic({ user: 'emr', password: 'emr:päss ' })] }, 'unknown'],
    ['not with another user', { authorization: [stranger] }, 'unknown'],
    ['not with a user in other letters', { authorization: [basic({ user: 'EMR', password: 'emr:päss' })] }, 'unknown'],
    ['not with Basic that holds no colon', { authorization: [`Basic ${btoa('emr')}`] }, 'unknown'],
    ['not with Basic that holds nothing', { authorization: ['Basic '] }, 'unknown'],
    ['not with an empty field', { authorization: [''] }, 'unknown'],
    ['by its token', { authorization: ['Bearer onshi-token'] }, 'onshi'],
    ['with the scheme in capitals', { authorization: ['BEARER onshi-token'] }, 'onshi'],
    ['not with another token', { authorization: ['Bearer onshi-toke'] }, 'unknown'],
    ['not with a token in another scheme', { authorization: ['Digest onshi-token'] }, 'unknown'],
    ['by its certificate', { certificate: 'push.clinic.local' }, 'push'],
    ['not by another certificate', { certificate: 'PUSH.clinic.local' }, 'unknown'],
    ['by the port that it calls', { listener: 'old' }, 'old'],
    ['not by a port that names nobody', { listener: 'gone' }, 'unknown'],
    ['by its network', { address: '192.0.2.1' }, 'till'],
    ['not by the network beside it', { address: '192.0.3.1' }, 'unknown'],
    ['by its IPv6 network', { address: '2001:db8:1::5' }, 'v6'],
    ['not by an address that is none', { address: '' }, 'unknown'],
  ];
  for (const [name, bearings, expected] of cases) it(name, () => assert.equal(recognised(bearings), expected));

  it('by an address listed before its network, or by the network before the address', () => {
    assert.equal(recognised({ address: '192.0.2.9' }), 'till');
    assert.equal(recognised({ address: '192.0.2.9' }, partnerIndex([...PARTNERS].reverse())), 'kiosk');
  });
});

describe('where several things tell', () => {
  const everything: Bearings = {
    authorization: [emr],
    certificate: 'push.clinic.local',
    listener: 'old',
    address: '192.0.2.1',
  };
  const order: [string, Partial<Bearings>, string][] = [
    ['credentials come first', {}, 'emr'],
    ['then the certificate', { authorization: [] }, 'push'],
    ['then the port', { authorization: [], certificate: null }, 'old'],
    ['then the address', { authorization: [], certificate: null, listener: null }, 'till'],
    ['credentials of nobody here are the environment’s: the next one tells', { authorization: [stranger] }, 'push'],
    ['so is a token of nobody here', { authorization: ['Bearer x'] }, 'push'],
    ['a certificate of nobody here tells nothing', { authorization: [], certificate: 'other' }, 'old'],
    ['a wrong password is wrong, whatever else there is', { authorization: [wrong] }, 'unknown'],
    ['two Authorization fields are nobody’s', { authorization: [emr, stranger] }, 'unknown'],
    ['nor are two that agree', { authorization: [emr, emr] }, 'unknown'],
  ];
  for (const [name, bearings, expected] of order) {
    it(name, () => assert.equal(recognised({ ...everything, ...bearings }), expected));
  }
});

describe('the index of partners', () => {
  it('knows a header again, and still refuses it beside a second one', () => {
    const index = partnerIndex(PARTNERS);
    assert.equal(recognised({ authorization: [emr] }, index), 'emr');
    assert.equal(recognised({ authorization: [emr] }, index), 'emr');
    assert.equal(recognised({ authorization: [emr, emr] }, index), 'unknown');
    assert.equal(recognised({ authorization: [wrong] }, index), 'unknown');
    assert.equal(recognised({ authorization: [wrong] }, index), 'unknown');
  });

  it('finds a partner by its name', () => {
    const index = partnerIndex(PARTNERS);
    assert.equal(index.find('till')?.address, '192.0.2.0/24');
    assert.equal(index.find('nobody'), undefined);
    assert.deepEqual(index.all, PARTNERS);
  });

  it('takes an IPv4 address that came over IPv6 for what it is', () => {
    assert.equal(plainAddress('::ffff:192.0.2.1'), '192.0.2.1');
    assert.equal(plainAddress('::ffff:c000:201'), '::ffff:c000:201');
    assert.equal(plainAddress('2001:db8::1'), '2001:db8::1');
    assert.equal(plainAddress('192.0.2.1'), '192.0.2.1');
    assert.equal(plainAddress(''), '');
    assert.equal(recognised({ address: plainAddress('::ffff:192.0.2.1') }), 'till');
  });
});
