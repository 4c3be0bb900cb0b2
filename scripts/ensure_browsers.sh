#!/bin/bash
# Install Chromium, Firefox ESR, PostgreSQL, nginx, the PDF reader, the UPS tools and the C compiler of the tests from the system's packages where they are missing;
# say so where it may not.
set -euo pipefail
wanted=()
command -v chromium > /dev/null || command -v chromium-browser > /dev/null || wanted+=(chromium)
command -v firefox-esr > /dev/null || command -v firefox > /dev/null || wanted+=(firefox-esr)
command -v nginx > /dev/null || [ -x /usr/sbin/nginx ] || wanted+=(nginx-light)
command -v gcc > /dev/null || wanted+=(gcc libc6-dev)
compgen -G "/usr/lib/postgresql/*/bin/initdb" > /dev/null || wanted+=(postgresql)
command -v pdftotext > /dev/null || wanted+=(poppler-utils)
[ -e /lib/nut/upsmon ] || wanted+=(nut-client)
[ -e /lib/nut/dummy-ups ] || wanted+=(nut-server)
if [ ${#wanted[@]} -eq 0 ]; then exit 0; fi
if [ "$(id -u)" = 0 ]; then
  as_root=()
elif command -v sudo > /dev/null && sudo -n true 2> /dev/null; then
  as_root=(sudo -n)
else
  echo "The tests need ${wanted[*]}: sudo apt-get install ${wanted[*]}" >&2
  exit 1
fi
echo "Installing ${wanted[*]} for the tests ..."
if ! { "${as_root[@]}" apt-get update -qq \
  && DEBIAN_FRONTEND=noninteractive "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${wanted[@]}" > /dev/null; }; then
  echo "The packages could not be installed. Install them, then run this again: apt-get install ${wanted[*]}" >&2
  exit 1
fi
