# Builds and runs what deploy/check only reads; sourced by it.
# shellcheck shell=bash disable=SC2317

# What takes long to make, for the next time.
store="$root/.build/deploy-trial"
DEBIAN=docker.io/library/debian:bookworm-slim
SWIFT=docker.io/library/swift:6.3-bookworm
POSTGRES=docker.io/library/postgres:15-bookworm
# A network of its own: podman's rules for addresses must not get into that of the machine.
NETWORK="olp-trial"
# Longest wait for something to be ready, and for an image.
READY_SECONDS=180
BUILD_SECONDS=7200

run_trial() {
    local service
    for service in "${trial_services[@]}"; do
        case " ${SERVICES[*]} " in *" $service "*) ;; *) die "there is no service $service" ;; esac
    done
    if ! trial_can_run; then
        results+=("skipped  the image and all that is made of it: $(cat "$why")")
        return
    fi
    trap 'clean_trial; rm -rf "$work"' EXIT
    part "images to build on" base_images
    part "image" build_image
    part "image, by itself" run_image
    part "image, on PostgreSQL" run_on_postgres
    part "systemd" run_systemd
    part "podman play kube" run_kube
    part "compose up" run_compose
}

trial_can_run() {
    [ "$(id -u)" -eq 0 ] || { skip "it needs root" || return; }
    (install_packages podman buildah runc netavark aardvark-dns catatonit mmdebstrap iproute2 iptables) >"$work/apt" 2>&1 ||
        { skip "podman and what belongs to it cannot be installed: $(tail -n 1 "$work/apt")" || return; }
    mkdir -p "$store"
    # Without CAP_SYS_RESOURCE podman's own limits are refused, and crun does not know all layouts of control groups.
    cat >"$store/containers.conf" <<CONF
[containers]
default_ulimits = ["nofile=$(ulimit -Hn):$(ulimit -Hn)", "nproc=10000:10000"]
[network]
network_backend = "netavark"
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
CONF
    printf '[storage]\ndriver = "overlay"\ngraphroot = "%s/graph"\nrunroot = "%s/run"\n' "$store" "$store" >"$store/storage.conf"
    export CONTAINERS_CONF="$store/containers.conf" CONTAINERS_STORAGE_CONF="$store/storage.conf"
    timeout 60 podman info >"$work/podman" 2>&1 || { skip "podman does not run here: $(tail -n 1 "$work/podman")" || return; }
}

clean_trial() {
    # All that is in this store of podman's is the trial's.
    podman pod rm --all --force >/dev/null 2>&1 || true
    podman rm --all --force --time 1 >/dev/null 2>&1 || true
    podman volume rm --all --force >/dev/null 2>&1 || true
    podman secret rm --all >/dev/null 2>&1 || true
    if [ -s "$work/postgres/data/postmaster.pid" ]; then
        runuser -u postgres -- "$(postgres_programs)/pg_ctl" -D "$work/postgres/data" -m immediate stop >/dev/null || true
    fi
    if ip netns list 2>/dev/null | grep -q "^$NETWORK\b"; then ip netns delete "$NETWORK" || true; fi
}

# run NAME OPTION… IMAGE: starts a container, in the place of one of the name that may be there.
run() {
    local name=$1
    shift
    podman rm --force --time 1 "$name" >/dev/null 2>&1 || true
    # Podman's own health timers need systemd, and it complains where there is none.
    timeout 120 podman run --detach --pull=never --name "$name" "$@" 2>"$work/run" >/dev/null ||
        { cat "$work/run" >&2; return 1; }
}

# until_true WHAT COMMAND…: tries it again until it succeeds.
until_true() {
    local what=$1 end=$((SECONDS + READY_SECONDS))
    shift
    until "$@" >"$work/last" 2>&1; do
        if [ "$SECONDS" -ge "$end" ]; then
            say "waited $READY_SECONDS s for $what in vain:"
            cat "$work/last" >&2
            return 1
        fi
        sleep 0.3
    done
}

# MARK: Images

# The real ones where a registry answers; otherwise of the same name and made from the packages of the same Debian.
base_images() {
    if ! podman image exists "$DEBIAN" && ! timeout 60 podman pull --quiet "$DEBIAN" >/dev/null 2>&1; then
        say "No registry answers: making $DEBIAN from Debian's packages …"
        if [ ! -s "$store/base.tar" ]; then
            timeout 1800 mmdebstrap --format=tar --variant=minbase --include=ca-certificates bookworm "$store/base.tar.new" \
                >"$work/mmdebstrap" 2>&1 || { tail -n 5 "$work/mmdebstrap" >&2; return 1; }
            mv "$store/base.tar.new" "$store/base.tar"
        fi
        podman import --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' "$store/base.tar" \
            "$DEBIAN" >/dev/null 2>&1
    fi
    if ! podman image exists "$SWIFT" && ! timeout 60 podman pull --quiet "$SWIFT" >/dev/null 2>&1; then
        say "… and $SWIFT, with this machine's toolchain mounted into it."
        printf '%s\n' "FROM $DEBIAN" \
            "RUN apt-get update && apt-get install -y --no-install-recommends binutils-gold git libc6-dev libcurl4 libedit2 \
libgcc-12-dev libncurses6 libsqlite3-0 libstdc++-12-dev libxml2 pkg-config tzdata zlib1g-dev" \
            "ENV PATH=$(toolchain)/bin:\$PATH" | image_from "$SWIFT"
    fi
}

toolchain() { dirname "$(dirname "$(readlink -f "$(command -v swift)")")"; }

# image_from TAG: builds what its input says, without a context.
image_from() {
    mkdir -p "$work/nothing"
    timeout 1800 podman build --pull=never --network=host --format docker --tag "$1" --file - "$work/nothing" >"$work/build" 2>&1 ||
        { tail -n 30 "$work/build" >&2; return 1; }
}

# Where git is told to find packages elsewhere, the build has to be told too.
git_mirrors() {
    local file
    file=$(git config --system --list --show-origin 2>/dev/null | sed -nE 's/^file:([^\t]+)\t.*/\1/p' | head -n 1)
    [ -z "$file" ] || printf '%s\n' "$file"
    git config --system --get-regexp '^url\..*\.insteadof$' 2>/dev/null |
        sed -nE 's#^url\.(file://)?(/[^ ]*)\.insteadof .*#\2#p' | sort -u
}

build_image() {
    podman image exists "$SWIFT" || skip "there is no image to build on"
    local options=() path service
    for path in $(git_mirrors) "$(toolchain)"; do options+=(--volume "$path:$path:ro"); done
    for service in "${trial_services[@]}"; do
        timeout "$BUILD_SECONDS" podman build --pull=never --network=host --format docker "${options[@]}" \
            --build-arg SERVICES="${trial_services[*]}" --build-arg SERVICE="$service" \
            --tag "localhost/olp-$service:latest" --file deploy/Dockerfile . >"$store/build-$service.log" 2>&1 ||
            { tail -n 30 "$store/build-$service.log" >&2; return 1; }
        podman image inspect --format '{{.Size}}' "localhost/olp-$service:latest" |
            awk -v name="olp-$service" '{ printf "%s: %d MB\n", name, $1 / 1e6 }' >&2
    done
}

need_image() {
    for service in "${trial_services[@]}"; do
        podman image exists "localhost/olp-$service:latest" || skip "there is no image of $service"
    done
}

LOCKED=(--read-only --cap-drop=all --security-opt=no-new-privileges --tmpfs /tmp --tmpfs /run/olp)

# MARK: By itself

run_image() {
    need_image
    local service=${trial_services[0]} name=olp-trial-image user missing
    local image="localhost/olp-$service:latest"
    podman volume rm --force olp-trial >/dev/null 2>&1 || true
    run "$name" "${LOCKED[@]}" --network=none --volume olp-trial:/var/lib/olp "$image"
    until_true "$service to be healthy" podman healthcheck run "$name"
    user=$(podman exec "$name" id -u)
    [ "$user" = 65532 ] || die "it runs as $user"
    missing=$(podman exec "$name" ldd /usr/local/bin/olp | grep 'not found') && die "libraries are missing: $missing"
    ! podman exec "$name" touch /usr/local/bin/x 2>/dev/null || die "its root can be written to"
    podman stop --time 30 "$name" >/dev/null 2>&1
    [ "$(podman inspect --format '{{.State.ExitCode}}' "$name")" = 0 ] || { podman logs "$name" >&2; return 1; }
    # The volume is its store: what is there is found again; and a crash is told with names.
    run "$name" "${LOCKED[@]}" --network=none --volume olp-trial:/var/lib/olp "$image"
    until_true "$service to be healthy again" podman healthcheck run "$name"
    podman kill --signal SEGV "$name" >/dev/null
    until_true "a backtrace" sh -c "podman logs $name 2>&1 | grep -a 'Program crashed'"
    podman rm --force --time 1 "$name" >/dev/null 2>&1
    podman run --rm --no-healthcheck --pull=never "${LOCKED[@]}" --network=none --volume olp-trial:/var/lib/olp "$image" --migrate-only >&2
    podman volume rm olp-trial >/dev/null
}

# MARK: PostgreSQL

postgres_programs() { find /usr/lib/postgresql -maxdepth 2 -name bin 2>/dev/null | sort -V | tail -n 1; }

knows_postgres() {
    podman run --rm --no-healthcheck --pull=never --network=none "localhost/olp-${trial_services[0]}:latest" --check-config \
        --store postgres://a@b/c >/dev/null 2>&1 || skip "this release's programs know no PostgreSQL"
}

# PostgreSQL of this machine at a free port of loopback, with the roles that deploy/create-database makes.
start_postgres() {
    local folder="$work/postgres" port=$1 programs
    programs=$(postgres_programs)
    chmod 0711 "$work"
    mkdir -p "$folder"
    cp "$secrets/postgres.password" "$folder/password"
    chown -R postgres "$folder"
    runuser -u postgres -- "$programs/initdb" -D "$folder/data" -A scram-sha-256 -U postgres --pwfile="$folder/password" -E UTF8 \
        --locale=C.UTF-8 --no-sync >"$work/initdb"
    runuser -u postgres -- "$programs/pg_ctl" -D "$folder/data" -l "$folder/log" -w \
        -o "-c listen_addresses=127.0.0.1 -c port=$port -c unix_socket_directories=$folder -c fsync=off" start >"$work/pg_ctl"
    PGHOST=127.0.0.1 PGPORT=$port PGPASSWORD=$(cat "$secrets/postgres.password") deploy/create-database "$secrets"
}

run_on_postgres() {
    need_image
    knows_postgres
    [ -n "$(postgres_programs)" ] || skip "there is no server of PostgreSQL (apt-get install postgresql)"
    make_image_secrets 127.0.0.1:54399
    start_postgres 54399
    local service=${trial_services[0]} name=olp-trial-postgres
    local options=("${LOCKED[@]}" --network=host --volume "$secrets/$service.config:/run/secrets/config:ro"
        "localhost/olp-$service:latest" --config /run/secrets/config --admin 127.0.0.1:54398)
    timeout 60 podman run --rm --no-healthcheck --pull=never "${options[@]}" --migrate-only >&2
    run "$name" "${options[@]}"
    until_true "$service to be ready on PostgreSQL" podman exec "$name" olp --probe --admin 127.0.0.1:54398
    podman stop --time 30 "$name" >/dev/null 2>&1
    [ "$(podman inspect --format '{{.State.ExitCode}}' "$name")" = 0 ] || { podman logs "$name" >&2; return 1; }
}

# Secrets that the image's user may read; with the olp command of this machine, or keys of none if it is not built.
make_image_secrets() {
    local olp
    olp="$(programs)/olp" || skip "the olp command is not built, so there are no keys"
    rm -rf "$secrets"
    chmod 0711 "$work"
    deploy/make-secrets --olp "$olp" --database "$1" --owner 65532:65532 "$secrets" 2>/dev/null
}

# MARK: systemd

run_systemd() {
    need_image
    local name=olp-trial-systemd service programs="$work/programs"
    podman image exists localhost/olp-trial-systemd || printf '%s\n' "FROM localhost/olp-${trial_services[0]}:latest" "USER 0" \
        "RUN apt-get update && apt-get install -y --no-install-recommends systemd dbus && rm -rf /var/lib/apt/lists/*" \
        "HEALTHCHECK NONE" "ENTRYPOINT [\"/lib/systemd/systemd\"]" | image_from localhost/olp-trial-systemd
    mkdir -p "$programs"
    for service in "${trial_services[@]}"; do
        podman run --rm --no-healthcheck --pull=never --network=none --entrypoint cat "localhost/olp-$service:latest" \
            /usr/local/bin/olp >"$programs/olp-$service"
    done
    chmod -R a+rx "$programs"
    run "$name" --systemd=always --network=none --cap-add=SYS_ADMIN --cap-add=SYS_PTRACE --security-opt seccomp=unconfined \
        --security-opt apparmor=unconfined --volume "$programs:/usr/lib/olp:ro" localhost/olp-trial-systemd
    # "degraded" will do: a container lacks what some units of the system want.
    until_true "systemd" podman exec "$name" sh -c 'systemctl is-system-running | grep -qE "running|degraded"'
    podman cp "deploy/systemd/olp@.service" "$name:/etc/systemd/system/olp@.service"
    podman cp deploy/systemd/olp.target "$name:/etc/systemd/system/olp.target"
    podman cp deploy/systemd/olp.sysusers "$name:/usr/lib/sysusers.d/olp.conf"
    podman cp deploy/systemd/olp.tmpfiles "$name:/usr/lib/tmpfiles.d/olp.conf"
    # As on a machine of its own, where credentials reach a service through a mount that is shared.
    podman exec "$name" mount --make-rshared /
    podman exec "$name" sh -ec 'systemd-sysusers; systemd-tmpfiles --create /usr/lib/tmpfiles.d/olp.conf'
    service=${trial_services[0]}
    # A secret by way of a credential, which a process that is not root has to accept as safe.
    if make_image_secrets x:1; then
        podman cp "$secrets/$service.key" "$name:/etc/olp/secrets/$service/key"
        podman cp "$secrets/public/known.keys" "$name:/etc/olp/known.keys"
        podman exec "$name" chmod 0644 /etc/olp/known.keys
        podman exec "$name" sh -ec "chown root: /etc/olp/secrets/*/* && cat >/etc/olp/$service.env <<END
$(sed -nE 's/^#(OLP_\w+_(KEY_FILE|ALLOWED_CALLERS)=.*)/\1/p' "deploy/env/$service.env.example")
$(sed -nE 's/^#(OLP_\w+_LISTEN)=.*/\1=tcp:\/\/127.0.0.1:7001/p' "deploy/env/$service.env.example")
END"
    fi
    podman exec "$name" systemctl daemon-reload
    for service in "${trial_services[@]}"; do podman exec "$name" systemctl enable --quiet "olp@$service"; done
    podman exec "$name" systemctl start olp.target
    for service in "${trial_services[@]}"; do
        until_true "olp@$service to be ready" podman exec "$name" "/usr/lib/olp/olp-$service" --probe ||
            { podman exec "$name" journalctl --no-pager -n 20 -u "olp@$service" >&2; return 1; }
    done
    podman exec "$name" systemctl stop olp.target
    for service in "${trial_services[@]}"; do
        podman exec "$name" systemctl show --property=Result,ExecMainStatus "olp@$service" | sort | tr '\n' ' ' |
            grep -q '^ExecMainStatus=0 Result=success' ||
            { podman exec "$name" journalctl --no-pager -n 20 -u "olp@$service" >&2; return 1; }
    done
}

# MARK: Pods and composed containers, in a network of their own

# inside COMMAND…: runs it there. Not by `ip netns exec`, which hides the control groups.
inside() { nsenter --net="/run/netns/$NETWORK" "$@"; }

need_network() {
    has ip || skip "there is no ip"
    has nsenter || skip "there is no nsenter"
    ip netns list | grep -q "^$NETWORK\b" || ip netns add "$NETWORK" 2>"$work/netns" ||
        skip "network namespaces cannot be made here: $(tail -n 1 "$work/netns")"
    ip -n "$NETWORK" link set lo up
}

# A Deployment as it stands, with a file for its store.
run_kube() {
    need_image
    need_venv
    need_network
    has kubectl || skip "there is no kubectl"
    make_image_secrets x:1
    local service=${trial_services[0]} pods="$work/pods.yaml"
    # No other service and no database is there: it keeps its store in the volume that it has.
    echo 'store = /tmp/store.sqlite' >"$secrets/$service.config"
    rm -rf "$work/kubernetes"
    cp -r deploy/kubernetes "$work/kubernetes"
    rm -rf "$work/kubernetes/overlays/example/common/secrets"
    cp -r "$secrets" "$work/kubernetes/overlays/example/common/secrets"
    mkdir -p "$work/mounted"
    kubectl kustomize "$work/kubernetes/overlays/example" | "$python" deploy/check.py pod "$service" "$work/mounted" >"$pods"
    inside timeout 120 podman play kube "$pods" >"$work/play" 2>&1 || { cat "$work/play" >&2; return 1; }
    local name
    name=$(podman ps --all --format '{{.Names}}' | grep "olp-$service" | grep process)
    until_true "the pod to be ready" podman exec "$name" olp --probe || { podman logs "$name" >&2; return 1; }
    inside timeout 120 podman play kube --down "$pods" >/dev/null
}

# compose.yaml as it stands, with PostgreSQL and the services that were built.
run_compose() {
    need_image
    knows_postgres
    need_network
    "$venv/bin/pip" install --quiet --disable-pip-version-check podman-compose==1.6.0 >/dev/null 2>&1 ||
        skip "podman-compose cannot be installed"
    if ! podman image exists "$POSTGRES" && ! timeout 60 podman pull --quiet "$POSTGRES" >/dev/null 2>&1; then
        stand_in_for_postgres
    fi
    make_image_secrets postgres:5432
    local compose=(inside env OLP_UID=65532 OLP_GID=65532 OLP_SECRETS="$secrets"
        "$venv/bin/podman-compose" -p olp-trial -f deploy/compose.yaml)
    local service status=0
    # Health checks are run by hand: podman leaves them to systemd, which need not be here.
    "${compose[@]}" up -d --no-deps postgres >"$work/compose" 2>&1 || { cat "$work/compose" >&2; return 1; }
    until_true "PostgreSQL" podman exec olp-trial_postgres_1 pg_isready --quiet --host=127.0.0.1 ||
        { podman logs olp-trial_postgres_1 >&2; status=1; }
    for service in "${trial_services[@]}"; do
        [ "$status" -eq 0 ] || break
        "${compose[@]}" up -d --no-deps "$service" >"$work/compose" 2>&1 || { cat "$work/compose" >&2; status=1; break; }
        until_true "$service in its container" podman exec "olp-trial_${service}_1" olp --probe ||
            { podman logs "olp-trial_${service}_1" >&2; status=1; }
    done
    "${compose[@]}" down --volumes >/dev/null 2>&1 || true
    return "$status"
}

# What compose.yaml uses of the official image: set up when its folder is new, by the files of the secrets.
stand_in_for_postgres() {
    say "No registry answers: making $POSTGRES from Debian's packages …"
    cat >"$work/entrypoint" <<'ENTRYPOINT'
#!/usr/bin/env bash
set -euo pipefail
export PATH="/usr/lib/postgresql/15/bin:$PATH" POSTGRES_USER=postgres
if ! whoami >/dev/null 2>&1; then
    export LD_PRELOAD=libnss_wrapper.so NSS_WRAPPER_PASSWD=/tmp/passwd NSS_WRAPPER_GROUP=/tmp/group
    echo "postgres:x:$(id -u):$(id -g):PostgreSQL:$PGDATA:/bin/false" >/tmp/passwd
    echo "postgres:x:$(id -g):" >/tmp/group
fi
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    # shellcheck disable=SC2086
    initdb --username=postgres --pwfile="$POSTGRES_PASSWORD_FILE" $POSTGRES_INITDB_ARGS
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
    pg_ctl -D "$PGDATA" -o "-c listen_addresses='' -c unix_socket_directories=/var/run/postgresql" -w start
    PGHOST=/var/run/postgresql PGPASSWORD=$(cat "$POSTGRES_PASSWORD_FILE")
    export PGHOST PGPASSWORD
    for file in /docker-entrypoint-initdb.d/*; do "$file"; done
    pg_ctl -D "$PGDATA" -m fast -w stop
fi
unset LD_PRELOAD
exec postgres -c listen_addresses='*' -c unix_socket_directories=/var/run/postgresql
ENTRYPOINT
    # The folder of its sockets goes, because runc 1.1 gives the tmpfs there a mode that it makes from that folder's.
    printf '%s\n' "FROM $DEBIAN" \
        "RUN apt-get update && apt-get install -y --no-install-recommends libnss-wrapper postgresql && rm -rf /var/lib/apt/lists/* \
&& rm -rf /var/lib/postgresql && install -d -m 1777 /var/lib/postgresql/data" \
        "COPY entrypoint /entrypoint" "RUN chmod 755 /entrypoint && rm -rf /var/run/postgresql" 'ENTRYPOINT ["/entrypoint"]' >"$work/Containerfile"
    timeout 1800 podman build --pull=never --network=host --format docker --tag "$POSTGRES" --file "$work/Containerfile" "$work" \
        >"$work/build" 2>&1 || { tail -n 30 "$work/build" >&2; return 1; }
}
