import type { ControlOptions } from '../control/options.ts';
import type { GatewayOptions, ListenOptions, PartnerOptions } from '../gateway/options.ts';
import type { EmergencyName, EnvironmentName } from '../mode/mode.ts';
import { ENVIRONMENTS } from '../mode/mode.ts';
import type { EnvironmentsOptions } from '../orca/options.ts';
import type { Address } from '../units.ts';
import { dotted } from './document.ts';
import type { Path } from './document.ts';
import type { Finding } from './problems.ts';

// What no room can see alone: whether the sections of the file agree with each other. A section that could not be
// read is undefined, and what depends on it is not judged.

export interface Sections {
  readonly gateway: GatewayOptions | undefined;
  readonly control: ControlOptions | undefined;
  readonly environments: EnvironmentsOptions | undefined;
  readonly partners: readonly PartnerOptions[] | undefined;
  readonly emergency: EmergencyName | undefined;
}

/** Every disagreement between the sections. */
export function disagreements({ gateway, control, environments, partners, emergency }: Sections): readonly Finding[] {
  const listeners = [...(gateway ? gatewayListeners(gateway) : []), ...(control ? [controlListener(control)] : [])];
  return [
    ...usedTwice(listeners),
    ...(environments ? loops(environments, listeners) : []),
    ...(environments ? sameEnvironment(environments) : []),
    ...(environments && emergency ? missingTarget(environments, emergency) : []),
    ...(gateway && partners ? unknownPartners(gateway, partners) : []),
    ...(gateway && partners ? unrecognisable(gateway, partners) : []),
    ...(partners ? mistakable(partners) : []),
    ...(partners && environments ? credentialsForNobody(partners, environments) : []),
  ];
}

interface Listener extends Address {
  readonly path: Path;
}

function gatewayListeners({ listen, tls, push }: GatewayOptions): readonly (Listener & ListenOptions)[] {
  return [
    ...placed(['gateway'], listen),
    ...placed(['gateway', 'tls'], tls?.listen ?? []),
    ...placed(['gateway', 'push'], push?.listen ?? []),
  ];
}

function placed(section: Path, listeners: readonly ListenOptions[]): readonly (Listener & ListenOptions)[] {
  return listeners.map((listener, index) => ({ ...listener, path: [...section, 'listen', index] }));
}

function controlListener({ listen }: ControlOptions): Listener {
  return { ...listen, path: ['control', 'listen'] };
}

function usedTwice(listeners: readonly Listener[]): readonly Finding[] {
  return listeners.flatMap((listener, index) => {
    const earlier = listeners.slice(0, index).find((other) => overlap(listener, other));
    if (!earlier) return [];
    return [
      {
        path: listener.path,
        message: `expected a port of its own, got ${listener.port}, which ${dotted(earlier.path)} uses`,
      },
    ];
  });
}

// An environment at our own address would send every request round and round.
function loops(environments: EnvironmentsOptions, listeners: readonly Listener[]): readonly Finding[] {
  return given(environments).flatMap(([environment, { url }]) => {
    const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
    const own = listeners.find(
      (listener) => isLoopback(url.hostname) && overlap(listener, { host: 'localhost', port }),
    );
    if (!own) return [];
    return [
      {
        path: ['environments', environment, 'url'],
        message: `expected a WebORCA, got this gateway's own ${dotted(own.path)}`,
      },
    ];
  });
}

function sameEnvironment(environments: EnvironmentsOptions): readonly Finding[] {
  const all = given(environments).map(([environment, { url, user, clientCertificate }]) => {
    return { environment, identity: JSON.stringify([url.href, user, clientCertificate?.pkcs12]) };
  });
  return all.flatMap(({ environment, identity }, index) => {
    const earlier = all.slice(0, index).find((other) => other.identity === identity);
    if (!earlier) return [];
    const message = `expected an environment of its own, got the url, user and certificate of ${earlier.environment}`;
    return [{ path: ['environments', environment, 'url'], message }];
  });
}

function missingTarget(environments: EnvironmentsOptions, emergency: EmergencyName): readonly Finding[] {
  if (environments[emergency]) return [];
  const word = emergency === 'cloudEmergency' ? 'cloud' : 'local';
  const other = word === 'cloud' ? 'local' : 'cloud';
  const message = `expected ${other}, or environments.${emergency} to be there, got ${word} without it`;
  return [{ path: ['emergency'], message }];
}

function unknownPartners(gateway: GatewayOptions, partners: readonly PartnerOptions[]): readonly Finding[] {
  const names = partners.map((partner) => partner.name);
  return gatewayListeners(gateway).flatMap(({ partner, path }) => {
    if (partner === null || names.includes(partner)) return [];
    const expected = names.length > 0 ? `one of the partners ${names.join(', ')}` : 'a partner of the list partners';
    return [{ path: [...path, 'partner'], message: `expected ${expected}, got ${JSON.stringify(partner)}` }];
  });
}

function unrecognisable(gateway: GatewayOptions, partners: readonly PartnerOptions[]): readonly Finding[] {
  const byPort = new Set(gatewayListeners(gateway).map(({ partner }) => partner));
  return partners.flatMap(({ name: partner, basic, token, certificate, address }, index): Finding[] => {
    if (certificate !== null && !gateway.tls?.clientCa) {
      const message = 'expected only with gateway.tls.clientCa, without which no client certificate is asked for';
      return [{ path: ['partners', index, 'certificate'], message }];
    }
    if (basic ?? token ?? certificate ?? address ?? (byPort.has(partner) || null)) return [];
    const message = `expected basic, token, certificate, address or a listener that names "${partner}", got none of them`;
    return [{ path: ['partners', index], message }];
  });
}

function mistakable(partners: readonly PartnerOptions[]): readonly Finding[] {
  const marks: readonly (readonly [Path, string, (partner: PartnerOptions) => string | undefined | null])[] = [
    [['name'], 'a name', (partner) => partner.name],
    [['basic', 'user'], 'a user', (partner) => partner.basic?.user],
    [['token'], 'a token', (partner) => partner.token],
    [['certificate'], 'a certificate', (partner) => partner.certificate],
    [['address'], 'an address', (partner) => partner.address],
  ];
  return partners.flatMap((partner, index) =>
    marks.flatMap(([path, what, of]) => {
      const earlier = partners.slice(0, index).findIndex((other) => of(other) && of(other) === of(partner));
      if (earlier < 0) return [];
      const message = `expected ${what} of its own, got the one of partners[${earlier}] ("${partners[earlier]?.name}")`;
      return [{ path: ['partners', index, ...path], message }];
    }),
  );
}

function credentialsForNobody(
  partners: readonly PartnerOptions[],
  environments: EnvironmentsOptions,
): readonly Finding[] {
  return partners.flatMap(({ credentials }, index) => {
    if (typeof credentials === 'string') return [];
    const nobody = ENVIRONMENTS.filter((environment) => credentials[environment] && !environments[environment]);
    return nobody.map((environment) => {
      const message = `expected only with environments.${environment}, which is not there`;
      return { path: ['partners', index, 'credentials', environment], message };
    });
  });
}

function given(environments: EnvironmentsOptions) {
  return ENVIRONMENTS.flatMap((environment: EnvironmentName) => {
    const options = environments[environment];
    return options ? [[environment, options] as const] : [];
  });
}

function overlap(one: Address, other: Address): boolean {
  if (one.port !== other.port || one.port === 0) return false;
  if (one.host === other.host || isWildcard(one.host) || isWildcard(other.host)) return true;
  return isLoopback(one.host) && isLoopback(other.host);
}

function isWildcard(host: string): boolean {
  return /^[0:.]+$/.test(host);
}

function isLoopback(host: string): boolean {
  return /^(localhost|127\..*|\[?::1\]?)$/i.test(host);
}
