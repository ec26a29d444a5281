import type { Next } from 'koa';
import { Problem } from './problem.ts';
import type { Context } from './context.ts';
import { isForeign, isOurHost } from './security.ts';
import type { HostRule } from './security.ts';

/** Lets a request in only when it is well-formed, calls us by our name, and no foreign page is behind it. */
export function createGuard(rule: HostRule): (ctx: Context, next: Next) => Promise<void> {
  return async (ctx, next) => {
    const { req } = ctx;
    const hosts = req.headersDistinct['host'] ?? [];
    const [host] = hosts;
    if (host === undefined || hosts.length > 1) throw malformed('exactly one Host field is needed');
    // Of an absolute-form target, RFC 9112 3.2.2 says that its host counts and not the field that is checked here.
    if (req.url?.startsWith('/') !== true && req.url !== '*') throw malformed('the target must begin with /');
    if (req.httpVersion === '1.0' && req.headers['transfer-encoding'] !== undefined)
      throw malformed('HTTP/1.0 knows no Transfer-Encoding');
    if (!['', '100-continue'].includes(ctx.get('expect').toLowerCase()))
      throw new Problem('EXPECTATION_FAILED', {
        ja: 'Expect には 100-continue だけが使えます。',
        en: 'Only 100-continue can be expected.',
      });
    if (!isOurHost(host, req.socket.localAddress, rule))
      throw new Problem('WRONG_HOST', {
        ja: 'このホスト名では利用できません。127.0.0.1 または localhost で開くか、control.hosts に名前を加えてください。',
        en: 'This host name is not accepted. Use 127.0.0.1 or localhost, or add the name to control.hosts.',
      });
    const origin = ctx.get('origin');
    if (isForeign({ method: ctx.method, host, origin, secFetchSite: ctx.get('sec-fetch-site') }))
      throw new Problem('FOREIGN_ORIGIN', {
        ja: '別のサイトのページからは操作できません。ゲートウェイの画面から操作してください。',
        en: 'A page of another site may not do this; use the pages of the gateway itself.',
      });
    await next();
  };
}

function malformed(why: string): Problem {
  const say = { ja: `要求の形式が正しくありません (${why})。`, en: `The request is malformed: ${why}.` };
  return new Problem('BAD_REQUEST', say, { headers: { Connection: 'close' } });
}
