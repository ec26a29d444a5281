import { basic, OPERATOR, PARTNER } from './calls.ts';

/** Where a row stands, and the two sides that it switches between. */
export interface SwitchPlace {
  readonly port: number;
  readonly controlPort: number;
  readonly oldPort: number;
  readonly newPort: number;
  /** A folder of its own. */
  readonly folder: string;
}

// The same work for all as in the benchmark of requests: who asks is checked, credentials are exchanged, connections are
// kept on both sides.

/** The file that a reload reads anew. */
export function nginxUpstream(port: number): string {
  return `upstream side { server 127.0.0.1:${port}; keepalive 256; keepalive_requests 100000000; }\n`;
}

export function nginxSwitchConfig({ port, folder }: SwitchPlace): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  return `
daemon off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join('\n  ')}
  keepalive_timeout 65s;
  keepalive_requests 100000000;
  map $http_authorization $is_known { default 0; "${basic(PARTNER)}" 1; }
  include ${folder}/upstream.conf;
  proxy_http_version 1.1;
  proxy_set_header Connection "";
  proxy_set_header Authorization "${basic(OPERATOR)}";
  server {
    listen 127.0.0.1:${port} backlog=1024;
    if ($is_known = 0) { return 401; }
    location / { proxy_pass http://side; }
  }
}
`;
}

/** @param how which of haproxy's two ways of sending requests elsewhere is used */
export function haproxySwitchConfig(place: SwitchPlace, how: 'map' | 'addr'): string {
  const { port, oldPort, newPort, folder } = place;
  return `
global
  nbthread 1
  maxconn 4096
  stats socket ${folder}/admin.sock mode 600 level admin
defaults
  mode http
  option http-keep-alive
  http-reuse always
  timeout connect 5s
  timeout client 65s
  timeout server 120s
frontend partners
  bind 127.0.0.1:${port} backlog 1024
  acl is_known req.hdr(authorization) -m str "${basic(PARTNER)}"
  http-request return status 401 unless is_known
  http-request set-header Authorization "${basic(OPERATOR)}"
  ${how === 'map' ? `use_backend %[str(side),map(${folder}/side.map)]` : 'default_backend old'}
${haproxyBackend('old', oldPort)}${how === 'map' ? haproxyBackend('new', newPort) : ''}`;
}

function haproxyBackend(name: string, port: number): string {
  return `backend ${name}\n  server s1 127.0.0.1:${port} pool-max-conn -1 pool-purge-delay 60s\n`;
}

export function gatewaySwitchConfig({ port, controlPort, oldPort, newPort, folder }: SwitchPlace): string {
  const operator = `user: "${OPERATOR.user}", password: "${OPERATOR.password}"`;
  return `
state: { dir: "${folder}/state", initial: normal }
gateway: { listen: "127.0.0.1:${port}" }
control: { listen: "127.0.0.1:${controlPort}" }
health: { every: 0 }
switch: { dwell: 0, conversations: 0 }
environments:
  operational: { kind: onprem, url: "http://127.0.0.1:${oldPort}", ${operator}, concurrency: 1024 }
  localEmergency: { kind: onprem, url: "http://127.0.0.1:${newPort}", ${operator}, concurrency: 1024 }
emergency: local
partners:
  - name: emr
    basic: { user: "${PARTNER.user}", password: "${PARTNER.password}" }
    limits: { connections: 1000 }
log: { level: warn }
`;
}
