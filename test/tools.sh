#!/usr/bin/env bash
# Installs from Debian what the tests need and the machine lacks. Where it cannot, it names what is missing and stops.
set -euo pipefail

# package → how to tell that it is there
missing=()
need() {
  local package=$1
  shift
  "$@" >/dev/null 2>&1 || missing+=("$package")
}
has_postgresql() { compgen -G '/usr/lib/postgresql/*/bin/initdb'; }

look() {
  missing=()
  need curl command -v curl
  need ruby command -v ruby
  need ruby-faye-websocket ruby -e 'require "faye/websocket"'
  need python3 command -v python3
  need default-jdk-headless command -v java
  need apache2-utils command -v ab
  need openssl command -v openssl
  need strace command -v strace
  need postgresql has_postgresql
}

look
[ ${#missing[@]} -eq 0 ] && exit 0

echo "The tests need: ${missing[*]}" >&2
if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
  echo "Install them and run npm test again (on Debian: apt-get install ${missing[*]})." >&2
  exit 1
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
look
if [ ${#missing[@]} -gt 0 ]; then
  echo "Installed, and still not usable: ${missing[*]}" >&2
  exit 1
fi
