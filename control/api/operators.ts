import { z } from 'zod';
import { readBody } from '../body.ts';
import { kept } from '../kept.ts';
import type { Login } from '../login/login.ts';
import { Problem } from '../problem.ts';
import type { Context } from '../context.ts';
import type { Route } from '../route.ts';
import { newPassword, operatorName, role } from './fields.ts';

const OperatorBody = z.strictObject({ name: operatorName, role, password: newPassword });
const PasswordBody = z.strictObject({ password: newPassword });

/** The operators: who they are, adding and removing them, new passwords. */
export function operatorRoutes(login: Login): Route[] {
  return [
    {
      method: 'GET',
      path: '/api/operators',
      scopes: ['admin'],
      handle: (ctx) => {
        ctx.body = { operators: login.operators.list() };
      },
    },
    {
      method: 'POST',
      path: '/api/operators',
      scopes: ['admin'],
      handle: async (ctx, { name: by, whence }) => {
        const { name, role: given, password } = await readBody(ctx, OperatorBody);
        if (!(await kept(() => login.add(name, given, password, by, whence)))) throw taken(name);
        ctx.body = { operators: login.operators.list() };
      },
    },
    {
      method: 'DELETE',
      path: '/api/operators/:name',
      scopes: ['admin'],
      handle: async (ctx, { name: by, whence }) => {
        const name = named(ctx);
        if (!(await kept(() => login.remove(name, by, whence)))) throw nobody(name);
        ctx.body = { operators: login.operators.list() };
      },
    },
    {
      method: 'POST',
      path: '/api/operators/:name/password',
      scopes: ['admin'],
      handle: async (ctx, { name: by, whence }) => {
        const name = named(ctx);
        const { password } = await readBody(ctx, PasswordBody);
        if (!(await kept(() => login.setPassword(name, password, by, whence)))) throw nobody(name);
        ctx.body = { operators: login.operators.list() };
      },
    },
  ];
}

function named(ctx: Context): string {
  return String(ctx['params'].name);
}

function taken(name: string): Problem {
  return new Problem('OPERATOR_EXISTS', {
    ja: `操作者「${name}」はすでに登録されています。`,
    en: `There is an operator "${name}" already.`,
  });
}

function nobody(name: string): Problem {
  return new Problem('OPERATOR_NOT_FOUND', {
    ja: `操作者「${name}」は登録されていません。`,
    en: `There is no operator ${JSON.stringify(name)}.`,
  });
}
