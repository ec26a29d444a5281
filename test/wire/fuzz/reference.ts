import { valuesOf } from '../framing.ts';
import { PARTNER } from '../notation.ts';
import { StrictReader, type RequestHead } from '../strict-reader.ts';

/** A request that a partner has sent, read strictly. */
export interface Meant {
  readonly head: RequestHead;
  body: Buffer;
  complete: boolean;
}

export interface Reading {
  readonly requests: readonly Meant[];
  /** Behind the requests lies something that is none, or not a whole one. */
  readonly isBroken: boolean;
  readonly isUnfinished: boolean;
}

/** What a partner's bytes mean, to the letter: nothing else may reach an environment. */
export function meaningOf(bytes: Buffer): Reading {
  const requests: Meant[] = [];
  let isBroken = false;
  const reader = new StrictReader(
    {
      head: (head) => requests.push({ head, body: Buffer.alloc(0), complete: false }),
      data: (data) => {
        const last = requests.at(-1);
        if (last !== undefined) last.body = Buffer.concat([last.body, data]);
      },
      end: () => {
        const last = requests.at(-1);
        if (last !== undefined) last.complete = true;
      },
      broken: () => (isBroken = true),
    },
    'partner',
  );
  reader.push(bytes);
  return { requests, isBroken, isUnfinished: !isBroken && !reader.isBetweenMessages };
}

/** It carries the partner's credentials, in a way that a server may take. */
export function isAuthorized({ head }: Meant): boolean {
  return valuesOf(head.fields, 'authorization').some((value) => {
    const encoded = /^basic[ \t]+(\S+)$/i.exec(value)?.[1];
    return Buffer.from(encoded ?? '', 'base64').toString('latin1') === `${PARTNER.user}:${PARTNER.password}`;
  });
}

/** The target in the form in which an environment gets it. */
export function originForm(target: string): string {
  const match = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*(.*)$/i.exec(target);
  if (match === null) return target;
  const [, rest = ''] = match;
  return rest.startsWith('/') ? rest : `/${rest}`;
}
