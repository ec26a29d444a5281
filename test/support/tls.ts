import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface AuthorityFiles {
  readonly name: string;
  readonly certificate: string;
  readonly key: string;
}

export interface CertificateFiles {
  /** PEM. */
  readonly certificate: string;
  /** PEM. */
  readonly key: string;
  /** PKCS#12 of both, with `PASSPHRASE`. */
  readonly pkcs12: string;
}

export interface CertificateWish {
  /** The common name; also the file's. */
  readonly name: string;
  readonly authority: AuthorityFiles;
  /** `DNS:…` and `IP:…`; none: a client's certificate. */
  readonly names?: readonly string[];
  readonly isExpired?: boolean;
}

export const PASSPHRASE = '合言葉 p12';

/** Certificates made by the openssl program in a folder of its own. */
export class Certificates {
  readonly dir = mkdtempSync(join(tmpdir(), 'hybrid-gateway-tls-'));

  authority(name: string): AuthorityFiles {
    const dir = join(this.dir, name);
    mkdirSync(join(dir, 'issued'), { recursive: true });
    const [key, certificate] = [join(dir, 'ca.key'), join(dir, 'ca.pem')];
    writeFileSync(join(dir, 'index'), '');
    writeFileSync(join(dir, 'serial'), '1000\n');
    writeFileSync(join(dir, 'ca.conf'), configuration(dir));
    openssl('req', '-x509', ...NEW_KEY, '-keyout', key, '-out', certificate, '-subj', `/CN=${name}`, '-days', '3650');
    return { name, certificate, key };
  }

  /** A certificate of `authority`, for a server where it has names, else for a client. */
  issue({ name, authority, names = [], isExpired = false }: CertificateWish): CertificateFiles {
    const dir = join(this.dir, authority.name);
    const file = (ending: string): string => join(dir, `${name}.${ending}`);
    const [key, request, certificate, pkcs12] = [file('key'), file('csr'), file('pem'), file('p12')];
    openssl('req', '-new', ...NEW_KEY, '-keyout', key, '-out', request, '-subj', `/CN=${name}`);
    writeFileSync(
      file('ext'),
      names.length > 0 ? `subjectAltName=${names.join(',')}\n` : 'extendedKeyUsage=clientAuth\n',
    );
    const [from, to] = isExpired ? ['20200101000000Z', '20200102000000Z'] : ['20200101000000Z', '20491231000000Z'];
    const period = ['-startdate', from, '-enddate', to, '-extfile', file('ext')];
    openssl('ca', '-batch', '-notext', '-config', join(dir, 'ca.conf'), '-in', request, '-out', certificate, ...period);
    openssl('pkcs12', '-export', '-in', certificate, '-inkey', key, '-out', pkcs12, '-passout', `pass:${PASSPHRASE}`);
    return { certificate, key, pkcs12 };
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** For node:tls. */
export function pem({ certificate, key }: CertificateFiles): { cert: Buffer; key: Buffer } {
  return { cert: readFileSync(certificate), key: readFileSync(key) };
}

const NEW_KEY = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

function configuration(dir: string): string {
  const at = (name: string): string => JSON.stringify(join(dir, name));
  return (
    `[ca]\ndefault_ca = test\n[test]\ndatabase = ${at('index')}\nserial = ${at('serial')}\n` +
    `new_certs_dir = ${at('issued')}\nprivate_key = ${at('ca.key')}\ncertificate = ${at('ca.pem')}\n` +
    `default_md = sha256\nunique_subject = no\npolicy = any\n[any]\ncommonName = supplied\n`
  );
}

function openssl(...args: string[]): void {
  try {
    execFileSync('openssl', args, { stdio: 'pipe' });
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') {
      throw new Error('the tests need the program "openssl": install it (test/tools.sh does so on Debian)', {
        cause: error,
      });
    }
    const said = error instanceof Error && 'stderr' in error ? String(error.stderr) : String(error);
    throw new Error(`openssl ${args[0] ?? ''} failed: ${said}`, { cause: error });
  }
}
