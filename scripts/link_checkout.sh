#!/bin/bash
# Make `import cat_server` and the command `cat-server` of a virtual environment mean this checkout.
# usage: scripts/link_checkout.sh .venv
set -euo pipefail
venv=$1
checkout=$(cd "$(dirname "$0")/.." && pwd)
packages=$("$venv/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
printf '%s\n' "$checkout" > "$packages/cat_server_checkout.pth"
cat > "$venv/bin/cat-server" <<'COMMAND'
#!/bin/sh
export CAT_PROGRAM="$0"
exec "$(dirname "$(readlink -f "$0")")/python" -m cat_server.cli.main "$@"
COMMAND
chmod +x "$venv/bin/cat-server"
