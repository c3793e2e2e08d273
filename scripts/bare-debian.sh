# Sourced: a bare Debian 12 to try what was packed. Needs root, and debootstrap, which it installs.

# fail MESSAGE: ends the script in its own name.
fail() {
    echo "$(basename "$0"): $*" >&2
    exit 1
}

# make_root FOLDER PACKAGES: a file system with nothing but the packages, separated by commas.
make_root() {
    [ "$(id -u)" = 0 ] || fail "must run as root, to make a root file system"
    command -v apt-get >/dev/null || fail "needs Debian's apt-get, to know where packages come from"
    if ! command -v debootstrap >/dev/null; then
        echo "Installing debootstrap…" >&2
        apt-get update -qq
        DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends debootstrap >/dev/null
    fi
    local mirror
    mirror=$(apt-get indextargets 'Created-By: Packages' 'Codename: bookworm' --format '$(REPO_URI)' | head -n 1)
    echo "Making a bare Debian 12…" >&2
    debootstrap --variant=minbase --include="$2" bookworm "$1" ${mirror:+"$mirror"} >"$1.log" 2>&1 \
        || fail "debootstrap failed: $(tail -n 5 "$1.log")"
}

# inside FOLDER COMMANDS: in namespaces of its own, so that mounts and processes go with it. The runner reads /proc: that is how it knows
# its engines.
inside() {
    unshare --mount --pid --fork --kill-child --mount-proc="$1/proc" \
        chroot "$1" env -i PATH=/usr/bin:/bin HOME=/root sh -ec "$2"
}
