#!/bin/bash
# Installs cat-server from this folder, without network.
# usage: install.sh [--prefix DIR] [--rollback | --uninstall]
# Run as root it installs for the whole machine; with --prefix everything stays inside DIR, and no root is needed.
set -euo pipefail
umask 022

here=$(cd "$(dirname "$(readlink -f "$0")")" && pwd)
prefix=""
wish=install

say() { printf '%s\n' "$1" "  / $2"; }
fail() { say "$1" "$2" >&2; exit "${3:-1}"; }

while [ $# -gt 0 ]; do
    case "$1" in
        --prefix) [ $# -ge 2 ] || fail "--prefix memerlukan nama folder." "--prefix needs a folder." 2; prefix=$2; shift 2 ;;
        --rollback) wish=rollback; shift ;;
        --uninstall) wish=uninstall; shift ;;
        -h|--help) sed -n '2,4s/^# //p' "$0"; exit 0 ;;
        *) fail "Pilihan $1 tidak dikenal." "Unknown option $1." 2 ;;
    esac
done

if [ -n "$prefix" ]; then
    mkdir -p "$prefix"
    prefix=$(cd "$prefix" && pwd)
    opt=$prefix/opt data=$prefix/data command=$prefix/bin/cat-server unit=""
else
    [ "$(id -u)" = 0 ] || fail "Jalankan dengan sudo, atau pasang untuk diri sendiri: ./install.sh --prefix \"\$HOME/cat-server\"" \
        "Run it with sudo, or install for yourself: ./install.sh --prefix \"\$HOME/cat-server\""
    opt=/opt/cat-server data=/var/lib/cat-server command=/usr/local/bin/cat-server
    unit=/etc/systemd/system/cat-server.service
fi

has_systemd() { [ -n "$unit" ] && [ -d /run/systemd/system ]; }

# point LINK at TARGET in one step: at no moment is there no program.
point() { ln -sfn "$2" "$1.new" && mv -T "$1.new" "$1"; }

restart() {
    if has_systemd && [ -e "$data/site/site.toml" ]; then systemctl restart cat-server.service; fi
}

if [ "$wish" = uninstall ]; then
    if has_systemd; then systemctl disable --now cat-server.service 2> /dev/null || true; fi
    rm -rf "$opt"
    rm -f "$command"
    if [ -n "$unit" ]; then rm -f "$unit"; fi
    if has_systemd; then systemctl daemon-reload; fi
    say "cat-server dilepas. Data tetap ada di $data." "cat-server is removed. The data stays in $data."
    exit 0
fi

if [ "$wish" = rollback ]; then
    [ -L "$opt/previous" ] || fail "Tidak ada versi sebelumnya." "There is no version before this one."
    now=$(readlink "$opt/current") before=$(readlink "$opt/previous")
    point "$opt/current" "$before"
    point "$opt/previous" "$now"
    restart
    say "Kembali ke versi $(cat "$opt/current/VERSION"). Bila basis data sudah dimutakhirkan oleh versi baru, server menolaknya: pulihkan folder situs dari cadangan." \
        "Back at version $(cat "$opt/current/VERSION"). If the newer version has changed the database, the server refuses it: restore the site's folder from the backup."
    exit 0
fi

# 1. This folder is whole.
cd "$here"
if ! wrong=$(sha256sum --check --quiet --strict SHA256SUMS 2>&1); then
    printf '%s\n' "$wrong" >&2
    fail "Folder ini rusak atau berubah. Salin lagi dari sumbernya." "This folder is damaged or changed. Copy it again from its source."
fi
[ "$(uname -m)" = x86_64 ] || fail "Paket ini hanya untuk x86_64, bukan $(uname -m)." "This bundle is for x86_64, not for $(uname -m)."

# 2. A Python that the bundle has wheels for. ensurepip is not needed: pip comes as a wheel.
python=""
while read -r version; do
    for candidate in "${PYTHON:-python3}" "python$version"; do
        found=$("$candidate" -c 'import sys; print("%d.%d" % sys.version_info[:2])' 2> /dev/null) || continue
        if [ "$found" = "$version" ]; then python=$candidate; break 2; fi
    done
done < PYTHONS
versions=$(paste -sd ' ' PYTHONS)
[ -n "$python" ] || fail "Tidak ada Python versi $versions. Pasang paket python3 dari media Debian: apt-get install python3" \
    "No Python of version $versions. Install python3 from the Debian media: apt-get install python3"
"$python" -c 'import venv, ssl, ctypes' 2> /dev/null \
    || fail "Python ini tidak lengkap (modul venv, ssl, atau ctypes tidak ada). Pasang dari media Debian: apt-get install python3 python3-venv" \
            "This Python is incomplete (venv, ssl or ctypes is missing). Install from the Debian media: apt-get install python3 python3-venv"

# 3. Into a folder of its own, which takes its place when whole.
name=$(cat VERSION)-$(sha256sum SHA256SUMS | cut -c1-12)
home=$opt/$name
mkdir -p "$opt" "$(dirname "$command")"
if [ ! -e "$home/INSTALLED" ]; then
    rm -rf "$home"
    mkdir -p "$home"
    say "Memasang ke $home ..." "Installing to $home ..."
    "$python" -m venv --without-pip "$home/venv"
    pip=$(ls wheels/pip-*.whl)
    install_from() {
        env -u PYTHONPATH PIP_CONFIG_FILE=/dev/null "$home/venv/bin/python" "$pip/pip" --disable-pip-version-check install --quiet \
            --no-index --find-links wheels --no-cache-dir --require-hashes "$@"
    }
    install_from -r requirements/run.lock
    install_from --no-deps -r requirements/cat-server.lock
    cp VERSION "$home/"
    cp -r handbook verify_results.py verify_forms.py install.sh "$home/"
    touch "$home/INSTALLED"
else
    say "Versi ini sudah terpasang; diperiksa lagi." "This version is installed already; checking it again."
fi
"$home/venv/bin/cat-server" --help > /dev/null

# 4. The data's folder and its owner.
if [ -z "$unit" ]; then
    mkdir -p "$data"
    chmod 0700 "$data"
else
    getent passwd cat-server > /dev/null \
        || useradd --system --home-dir "$data" --no-create-home --shell /usr/sbin/nologin cat-server
    install -d -m 0700 -o cat-server -g cat-server "$data" "$data/work"
fi

# 5. The switch: what ran before stays for --rollback.
old=$(readlink "$opt/current" 2> /dev/null || true)
point "$opt/current" "$name"
if [ -n "$old" ] && [ "$old" != "$name" ]; then point "$opt/previous" "$old"; fi
cat > "$command.new" <<COMMAND
#!/bin/sh
# The site of this machine, unless CAT_SITE or --site says otherwise.
export CAT_SITE="\${CAT_SITE:-$data/site}"
program="$opt/current/venv/bin/cat-server"
COMMAND
if [ -n "$unit" ]; then
    cat >> "$command.new" <<'COMMAND'
# The site belongs to the system user: root steps down to it, so that no file of the site ever belongs to root.
if [ "$(id -u)" = 0 ] && [ "$(readlink -m "$CAT_SITE")" = /var/lib/cat-server/site ]; then
    exec runuser -u cat-server -- "$program" "$@"
fi
COMMAND
fi
printf 'exec "$program" "$@"\n' >> "$command.new"
chmod 0755 "$command.new"
mv "$command.new" "$command"

# 6. Start at power-on.
if [ -n "$unit" ]; then
    install -m 0644 "$here/cat-server.service" "$unit"
    if has_systemd; then
        systemctl daemon-reload
        systemctl enable --quiet cat-server.service
        restart
    else
        say "systemd tidak berjalan di sini: unit dipasang, belum dihidupkan." "systemd does not run here: the unit is installed, not enabled."
    fi
fi

say "cat-server $(cat VERSION) terpasang." "cat-server $(cat VERSION) is installed."
if [ -e "$data/site/site.toml" ]; then
    say "Berikutnya: $command doctor" "Next: $command doctor"
else
    say "Berikutnya: $command site init --code KODE --name \"NAMA\"" "Next: $command site init --code CODE --name \"NAME\""
fi
