#!/usr/bin/env bash
# The commands of README.md that install Kith from its source, on a Debian 12 that has python3, python3-venv and git, and nothing else.
#
#     sudo tests/e2e/fresh_debian.sh [SYSTEM]
#
# Needs root, debootstrap and unshare. SYSTEM is the folder of the new system, made if it is not there and kept;
# without it a temporary one is used and removed. Committed files are tested, in a clone. Settings of pip and of
# certificates are taken from the environment.
set -euo pipefail

root=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
mirror=${MIRROR:-http://deb.debian.org/debian}
system=${1:-}

if [ -z "$system" ]; then
    system=$(mktemp -d)
    trap 'rm -rf --one-file-system "$system"' EXIT
fi

if [ ! -e "$system/usr/bin/git" ]; then
    debootstrap --variant=minbase --include=python3,python3-venv,git bookworm "$system" "$mirror"
fi
cp /etc/resolv.conf "$system/etc/resolv.conf"
for file in "${PIP_CERT:-}" "${SSL_CERT_FILE:-}"; do
    if [ -n "$file" ]; then install -D --mode=0644 "$file" "$system$file"; fi
done

rm -rf "$system/root/kith"
git clone --quiet "$root" "$system/root/kith"

# The mounts live in a namespace of their own and vanish with it, however this ends.
export system
unshare --mount --propagation private bash -euo pipefail -c '
    mount --bind "$system" "$system"  # network namespaces want / to be a mount point
    for folder in proc sys dev dev/shm; do mount --bind "/$folder" "$system/$folder"; done
    inside() {
        env --unset=VIRTUAL_ENV --unset=KITH_PASSPHRASE PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
            QT_QPA_PLATFORM=offscreen chroot "$system" sh -c "cd /root/kith && $1"
    }
    inside "python3 dev.py test"
    inside "python3 dev.py setup && .venv/bin/kith version"
    inside "python3 dev.py run version"
    # The window stays open until it is told to close, and then closes well.
    inside "timeout --signal=TERM --preserve-status 20 python3 dev.py run --no-dht --no-port-mapping --no-stun --profile /root/profile"
    echo "Both commands work."
'
