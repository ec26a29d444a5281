#!/usr/bin/env bash
# Installs from Debian what the benchmark needs and the machine lacks. Where it cannot, it names what is missing and stops.
set -euo pipefail

# command → package
tools=(
  wrk:wrk
  nginx:nginx-light
  haproxy:haproxy
  curl:curl
  taskset:util-linux
)
# nginx and haproxy are here to be started by the benchmark, not by the system; and they live in sbin.
export PATH="$PATH:/usr/sbin" RUNLEVEL=1

missing=()
for tool in "${tools[@]}"; do
  command -v "${tool%%:*}" >/dev/null || missing+=("${tool##*:}")
done
[ ${#missing[@]} -eq 0 ] && exit 0

echo "The benchmark needs: ${missing[*]}" >&2
if ! command -v apt-get >/dev/null || [ "$(id -u)" -ne 0 ]; then
  echo "Install them and run npm run bench again (on Debian: apt-get install ${missing[*]})." >&2
  exit 1
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
for tool in "${tools[@]}"; do
  command -v "${tool%%:*}" >/dev/null || { echo "${tool##*:} was installed, but ${tool%%:*} is still missing." >&2; exit 1; }
done
