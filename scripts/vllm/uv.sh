# To be sourced. Finds or fetches the pinned uv, which makes Python environments, and hands pip's configuration on to it.
# Afterwards `$uv` is the program.

uv_version=0.13.9
cache="${XDG_CACHE_HOME:-$HOME/.cache}/rsd-batch"

# What pip was told about an index, a folder of wheels or a certificate holds here too: uv does not read it by itself.
pip_setting() {
    local variable="PIP_$(tr 'a-z-' 'A-Z_' <<<"$1")"
    if [ -n "${!variable:-}" ]; then
        echo "${!variable}"
    else
        python3 -m pip config get "global.$1" 2>/dev/null || python3 -m pip config get "install.$1" 2>/dev/null || true
    fi
}

hand_on() {
    [ -z "${!1:-}" ] || return 0
    local value
    value=$(pip_setting "$2")
    [ -z "$value" ] || export "$1=$value"
}

find_uv() {
    local folder="$cache/tools/uv-$uv_version"
    if [ ! -x "$folder/bin/uv" ]; then
        if python3 -m pip --version >/dev/null 2>&1; then
            echo "Downloading uv $uv_version (18 MB) to $folder" >&2
            mkdir -p "$cache/tools"
            local scratch
            scratch=$(mktemp -d "$cache/tools/uv.XXXXXX")
            python3 -m pip install --quiet --quiet --disable-pip-version-check --no-deps --target "$scratch" "uv==$uv_version"
            rm -rf "$folder"
            mv -T "$scratch" "$folder"
        elif command -v uv >/dev/null; then
            folder=$(dirname "$(dirname "$(command -v uv)")")
        else
            echo "There is neither pip (Debian: apt-get install python3-pip) nor uv to fetch Python packages with." >&2
            return 1
        fi
    fi
    uv="$folder/bin/uv"
    hand_on UV_DEFAULT_INDEX index-url
    hand_on UV_INDEX extra-index-url
    hand_on UV_FIND_LINKS find-links
    hand_on SSL_CERT_FILE cert
    # pip separates several by spaces, uv by commas.
    [ -z "${UV_FIND_LINKS:-}" ] || export UV_FIND_LINKS="${UV_FIND_LINKS//[[:space:]]/,}"
}
