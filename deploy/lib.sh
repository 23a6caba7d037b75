# Shared by the scripts of this folder; sourced, not run.
# shellcheck shell=bash

# What the build needs and a fresh Debian 12 may lack.
# shellcheck disable=SC2034
BUILD_PACKAGES=(libzmq3-dev libprotobuf-c-dev libsodium-dev libsqlite3-dev libpq-dev pkg-config tzdata)
MINIMUM_SWIFT=6.2

say() { printf '%s\n' "$*" >&2; }

die() {
    say "$(basename "$0"): $1"
    shift
    for line in "$@"; do say "  $line"; done
    exit 1
}

# as_root COMMAND…: runs it as root, by sudo if need be; 1 if that may not be.
as_root() {
    if [ "$(id -u)" -eq 0 ]; then
        "$@"
    elif command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        sudo "$@"
    else
        return 1
    fi
}

is_installed() { [ "$(dpkg-query -W -f='${db:Status-Abbrev}' "$1" 2>/dev/null)" = "ii " ]; }

# install_packages PACKAGE…: installs those that are missing, and says so.
install_packages() {
    command -v dpkg-query >/dev/null 2>&1 || {
        say "This is no Debian: make sure that these are installed, under whatever names: $*"
        return 0
    }
    local missing=() package
    for package in "$@"; do is_installed "$package" || missing+=("$package"); done
    [ "${#missing[@]}" -eq 0 ] && return 0
    say "Installing ${missing[*]} …"
    if ! as_root true; then
        die "these packages are missing, and I may not install them: ${missing[*]}" \
            "Run as root or with sudo:  apt-get install ${missing[*]}"
    fi
    local log
    log=$(mktemp)
    if ! { as_root apt-get update -qq && as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -qq -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        die "the packages could not be installed: ${missing[*]}" "Try it by hand:  apt-get install ${missing[*]}"
    fi
    rm -f "$log"
}

# The toolchain's version, such as 6.3.1; stops with advice if there is none or it is too old.
require_swift() {
    command -v swift >/dev/null 2>&1 || die "there is no Swift toolchain on the PATH" \
        "Install Swift $MINIMUM_SWIFT or later: https://www.swift.org/install/linux/"
    local version
    version=$(swift --version 2>/dev/null | sed -nE 's/.*Swift version ([0-9]+(\.[0-9]+)+).*/\1/p' | head -n 1)
    [ -n "$version" ] || die "\`swift --version\` gives no version" "Is it the Swift toolchain? $(command -v swift)"
    if [ "$(printf '%s\n%s\n' "$MINIMUM_SWIFT" "$version" | sort -V | head -n 1)" != "$MINIMUM_SWIFT" ]; then
        die "Swift $version is too old: $MINIMUM_SWIFT or later is needed" "https://www.swift.org/install/linux/"
    fi
}
