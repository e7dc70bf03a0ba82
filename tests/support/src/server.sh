# One PostgreSQL server in a new folder, reachable through a socket in that
# folder only. Says `ready FOLDER`, serves until its input ends (so also when
# the test is killed), then removes everything. Arguments: programs, parent
# folder, settings.
set -eu
programs=$1
home=$(mktemp -d "$2/khien-pg.XXXXXX")
settings=$3
cd "$home"
stop() {
    trap - EXIT
    "$programs/pg_ctl" -D "$home/data" -m immediate -w stop >/dev/null 2>&1 || true
    cd /
    rm -rf "$home"
}
trap stop EXIT
trap : INT TERM HUP
fail() {
    echo "failed: $1"
    tail -n 20 "$home/log"
    exit 1
}
# A Vietnamese collation as default shows at once where a text lost COLLATE "C".
"$programs/initdb" -D "$home/data" -U khien -A trust -E UTF8 --locale=C.UTF-8 \
    --locale-provider=icu --icu-locale=vi-VN --no-sync --no-instructions >"$home/log" 2>&1 || fail initdb
"$programs/pg_ctl" -D "$home/data" -l "$home/log" -w -t 120 \
    -o "-c listen_addresses='' -c unix_socket_directories='$home' $settings" start >/dev/null 2>&1 || fail start
echo "ready $home"
cat >/dev/null || true
