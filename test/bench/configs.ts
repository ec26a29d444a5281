import { basic, OPERATOR, PARTNER } from './calls.ts';

// The same work for all, as far as each can do it: who asks is checked, the credentials are exchanged, the partner's
// address, a request's number and X-Hybridmode are added. Connections are kept on both sides, nothing is logged.

export interface Place {
  readonly port: number;
  readonly controlPort: number;
  readonly originPort: number;
  /** A folder of its own. */
  readonly folder: string;
}

export function nginxConfig({ port, originPort, folder }: Place): string {
  return `
daemon off;
master_process off;
worker_processes 1;
pid ${folder}/nginx.pid;
error_log stderr crit;
events { worker_connections 4096; }
http {
  access_log off;
  client_body_temp_path ${folder}/body;
  proxy_temp_path ${folder}/proxy;
  fastcgi_temp_path ${folder}/fastcgi;
  uwsgi_temp_path ${folder}/uwsgi;
  scgi_temp_path ${folder}/scgi;
  keepalive_timeout 65s;
  keepalive_requests 100000000;
  client_max_body_size 0;
  client_body_buffer_size 1m;
  tcp_nodelay on;
  map $http_authorization $is_known { default 0; "${basic(PARTNER)}" 1; }
  map $http_upgrade $hop { default upgrade; "" ""; }
  upstream origin {
    server 127.0.0.1:${originPort};
    keepalive 512;
    keepalive_requests 100000000;
  }
  proxy_http_version 1.1;
  proxy_set_header Connection $hop;
  proxy_set_header Upgrade $http_upgrade;
  proxy_set_header Authorization "${basic(OPERATOR)}";
  proxy_set_header X-Forwarded-For $remote_addr;
  proxy_set_header X-Request-Id $request_id;
  proxy_set_header Via "1.1 nginx";
  proxy_hide_header X-Hybridmode;
  proxy_max_temp_file_size 0;
  server {
    listen 127.0.0.1:${port} backlog=1024;
    if ($is_known = 0) { return 401; }
    add_header X-Hybridmode normal always;
    add_header X-Request-Id $request_id always;
    location / { proxy_pass http://origin; }
    location /bench/ {
      proxy_pass http://origin;
      proxy_request_buffering off;
    }
  }
}
`;
}

export function haproxyConfig({ port, originPort }: Place): string {
  return `
global
  nbthread 1
  maxconn 4096
defaults
  mode http
  option http-keep-alive
  http-reuse always
  timeout connect 5s
  timeout client 65s
  timeout server 120s
  timeout tunnel 120s
frontend partners
  bind 127.0.0.1:${port} backlog 1024
  acl is_known req.hdr(authorization) -m str "${basic(PARTNER)}"
  http-request return status 401 unless is_known
  unique-id-format %{+X}o-%Ts-%rt
  unique-id-header X-Request-Id
  option forwardfor
  http-request set-header Authorization "${basic(OPERATOR)}"
  http-request set-header Via "1.1 haproxy"
  http-response set-header X-Hybridmode normal
  http-response set-header X-Request-Id %[unique-id]
  default_backend origin
backend origin
  server origin 127.0.0.1:${originPort} pool-max-conn -1 pool-purge-delay 60s
`;
}

// The limits are wide enough that none of them is met: 256 connections are more than one partner may usually have.
export function gatewayConfig({ port, controlPort, originPort, folder }: Place): string {
  const operator = `user: "${OPERATOR.user}", password: "${OPERATOR.password}"`;
  return `
state: { dir: "${folder}/state", initial: normal }
gateway: { listen: "127.0.0.1:${port}" }
control: { listen: "127.0.0.1:${controlPort}" }
health: { every: 0 }
environments:
  operational: { kind: onprem, url: "http://127.0.0.1:${originPort}", ${operator}, concurrency: 1024 }
  localEmergency: { kind: onprem, url: "http://127.0.0.1:1", ${operator} } # has to be there, is never asked
emergency: local
partners:
  - name: emr
    basic: { user: "${PARTNER.user}", password: "${PARTNER.password}" }
    limits: { connections: 1000 }
log: { level: warn }
`;
}
