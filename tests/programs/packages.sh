#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
#
# packages - the Debian packages are built, installed, started, upgraded over an old store, and removed.
#
# All of it happens in a copy of this host's file system (an overlay in a mount name space of its own), so nothing of
# the host changes. There is no service manager in it: the services' own command lines are run, as their user, and
# systemd-analyze reads the units. Skipped where name spaces or overlays are not allowed (not root).
set -eu
cd "$BANTO_ROOT"
if [ "${1:-}" != inside ]; then
    [ "$(id -u)" -eq 0 ] && command -v dpkg-buildpackage >/dev/null && unshare -m true 2>/dev/null ||
        { echo "skipped: needs root, name spaces and debhelper"; exit 77; }
    [ -n "${BANTO_DEB:-}" ] || tools/deb # BANTO_DEB=1: as built before
    room=$(mktemp -d)
    trap 'rm -rf "$room"' EXIT
    status=0
    unshare -m -p -f --kill-child sh "$0" inside "$room" || status=$?
    exit $status
fi

room=$2
fail() { echo "FAILED: $*"; tail -n 20 "$room"/*.log 2>/dev/null; exit 1; }
step() { echo "-- $*"; }

mount -t tmpfs -o size=2g banto "$room"
mkdir "$room/upper" "$room/work" "$room/root"
mount -t overlay overlay -o "lowerdir=/,upperdir=$room/upper,workdir=$room/work" "$room/root" 2>/dev/null ||
    { echo "skipped: no overlay here"; exit 77; }
root=$room/root
mount -t proc proc "$root/proc"
mount -t devtmpfs dev "$root/dev" 2>/dev/null || mount --bind /dev "$root/dev"
mount -t tmpfs tmpfs "$root/tmp"
mount -t tmpfs tmpfs "$root/run"
mkdir "$root/tmp/deb"
cp $(ls build/deb/*.deb | grep -v dbgsym) tests/store/old/schema-1-hello.sql "$root/tmp/deb/"
in_root() { chroot "$root" env -u BANTO_SERVER DEBIAN_FRONTEND=noninteractive PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 "$@"; }
# The user banto runs "$@" as the service would.
as_banto() { in_root setpriv --reuid=banto --regid=banto --clear-groups "$@"; }
# What the unit starts, its variables filled in from /etc/default.
unit_command()
{
    in_root sh -c '. /etc/default/"$1"
        set -- "$(sed -n "s/^ExecStart=//p" "/lib/systemd/system/$1.service")"
        eval "exec setpriv --reuid=banto --regid=banto --clear-groups $1"' sh "$1"
}
wait_for() # WHAT COMMAND...
{
    what=$1
    shift
    tries=0
    until "$@" >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ $tries -lt 100 ] || fail "$what"
        sleep 0.2
    done
}
server_start()
{
    INVOCATION_ID=test unit_command banto-server >>"$room/server.log" 2>&1 &
    wait_for "the server does not answer (server.log below)" as_banto banto --data /var/lib/banto status
}
server_stop()
{
    in_root pkill -TERM -x bantod || true
    wait_for "the server does not stop" sh -c "! chroot '$root' pgrep -x bantod"
}
version=$(in_root dpkg-deb -f "$(cd "$root" && ls tmp/deb/banto-server_*.deb)" Version)

step "an older version is installed"
older=0.0.9
mkdir "$root/tmp/old"
for deb in "$root"/tmp/deb/*.deb; do
    name=$(basename "$deb" | sed 's/_.*//')
    dpkg-deb -R "$deb" "$room/repack"
    sed -i -e "s/^Version: .*/Version: $older/" -e "s/(= $version)/(= $older)/g" "$room/repack/DEBIAN/control"
    dpkg-deb --root-owner-group -b "$room/repack" "$root/tmp/old/$name.deb" >/dev/null
    rm -rf "$room/repack"
done
in_root sh -c 'dpkg -i /tmp/old/*.deb' >"$room/dpkg.log" 2>&1 || fail "dpkg -i"
in_root id banto >/dev/null || fail "no user banto"
[ "$(in_root stat -c %a /usr/lib/sysusers.d/banto-server.conf)" = 644 ] || fail "sysusers"
for unit in banto-server banto-agent; do
    in_root systemd-analyze verify "/lib/systemd/system/$unit.service" 2>&1 | grep -i "banto" && fail "$unit.service"
done
in_root man -l /usr/share/man/man1/banto.1.gz | grep -q "banto backup" || fail "banto(1)"
in_root man -l /usr/share/man/ja/man8/bantod.8.gz | grep -q "データフォルダー" || fail "bantod(8) ja"

step "an old store is there; its server is asked for a backup by the upgrade"
in_root install -d -o banto -g banto -m 0700 /var/lib/banto /var/lib/banto-agent
in_root sh -c 'sed -i s/^LISTEN=.*/LISTEN=127.0.0.1:0/ /etc/default/banto-server'
as_banto sh -c 'umask 077; sqlite3 /var/lib/banto/banto.db </tmp/deb/schema-1-hello.sql'
server_start
step "upgrade to $version"
in_root sh -c 'dpkg -i /tmp/deb/*.deb' >"$room/dpkg.log" 2>&1 || fail "upgrade"
backup=$(in_root sh -c 'ls /var/lib/banto/before-upgrade/*.db') || fail "no backup before the upgrade"
in_root grep -q '^LISTEN=127.0.0.1:0' /etc/default/banto-server || fail "a changed setting was lost"
server_stop
server_start
as_banto banto --data /var/lib/banto journal verify >/dev/null || fail "the journal of the upgraded store"
[ "$(as_banto banto --data /var/lib/banto journal list --json | grep -c .)" -gt 0 ] || fail "the upgraded journal is empty"
as_banto sqlite3 "$backup" 'SELECT count(*) FROM journal' | grep -qv '^0$' || fail "the backup is empty"

step "a job runs through the agent's service"
unit_command banto-agent >>"$room/agent.log" 2>&1 &
wait_for "the agent is not there" sh -c \
    "chroot '$root' setpriv --reuid=banto --regid=banto --clear-groups banto --data /var/lib/banto agent list --json | grep -q '\"local\"'"
as_banto sh -c 'printf "unit=hello,,,;\n{\n\tty=n;\n\tel=one,j,+0+0;\n\tunit=one,,,;\n\t{\n\t\tty=j;\n\t\tsc=\"/bin/true\";\n\t}\n}\n" >/tmp/hello.txt
    banto --data /var/lib/banto define /tmp/hello.txt --reason "a first unit" && banto --data /var/lib/banto run /hello --wait' \
    >"$room/run.log" 2>&1 || fail "the job"

step "removal keeps the record"
as_banto banto-agent --dir /var/lib/banto-agent --stop >/dev/null 2>&1 || fail "the agent does not stop"
server_stop
in_root sh -c 'dpkg --purge banto-examples banto-agent banto-server banto' >"$room/dpkg.log" 2>&1 || fail "purge"
[ -s "$root/var/lib/banto/banto.db" ] || fail "the record is gone"
grep -q "記録" "$room/dpkg.log" || fail "the purge does not say what it kept"
in_root sh -c 'ls /usr/bin/banto* /lib/systemd/system/banto* 2>/dev/null' && fail "files are left"
echo "ok: installed, started, upgraded from $older, removed"
