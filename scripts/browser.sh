#!/usr/bin/env bash
# Installs the Chromium that the tests of pages need, where there is none. Elsewhere than on Debian or Ubuntu: install one
# by hand, and name it in FOLIOCHECK_CHROMIUM.
set -euo pipefail
for place in "${FOLIOCHECK_CHROMIUM:-}" /usr/bin/chromium /usr/bin/chromium-browser /usr/bin/google-chrome; do
  if [ -n "$place" ] && [ -x "$place" ]; then
    echo "Chromium: $place"
    exit 0
  fi
done
if ! command -v apt-get >/dev/null; then
  echo 'no Chromium and no apt-get: install Chromium, and set FOLIOCHECK_CHROMIUM to its path' >&2
  exit 1
fi
root=()
[ "$(id -u)" -eq 0 ] || root=(sudo)
"${root[@]}" apt-get update -qq
DEBIAN_FRONTEND=noninteractive "${root[@]}" apt-get install -y -qq chromium >/dev/null
echo 'Chromium: installed'
