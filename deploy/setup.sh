# Shared by ./run and ./test: system packages, virtual environment. Plain POSIX sh; sourced from the top folder.

RUN_PACKAGES="python3 python3-venv libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"
TEST_PACKAGES="chromium-headless-shell poppler-utils"
VENV=.venv

say() { printf '%s\n' "$*"; }
fail() { printf '%s\n' "$*" >&2; exit 1; }

# The packages among "$@" that dpkg does not know as installed. Without dpkg nothing can be said, and nothing is.
missing_packages() {
    command -v dpkg-query >/dev/null 2>&1 || return 0
    for package in "$@"; do
        case $(dpkg-query -W -f='${Status}' "$package" 2>/dev/null) in
            *" installed") ;;
            *) printf '%s ' "$package" ;;
        esac
    done
}

# Installs "$@" as far as missing, as root or by sudo; returns 1 and prints the one line to type where it cannot.
install_packages() {
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    line="apt-get update && apt-get install -y --no-install-recommends ${missing% }"
    if [ "$(id -u)" -eq 0 ]; then
        as_root=""
    elif command -v sudo >/dev/null 2>&1 && { [ -t 0 ] || sudo -n true 2>/dev/null; }; then
        as_root="sudo"
    else
        say "缺少系统软件包（missing packages）。请以 root 执行这一行后再试（run this as root, then try again）：" "" >&2
        say "    $line" >&2
        return 1
    fi
    say "安装系统软件包 installing: ${missing% }"
    # shellcheck disable=SC2086
    $as_root apt-get update -q && $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install -y -q --no-install-recommends $missing || {
        say "安装失败（installation failed）。请以 root 执行（run as root）：" >&2
        say "    $line" >&2
        return 1
    }
}

# The first Python 3.11 or later that can make a virtual environment.
find_python() {
    for python in python3 /usr/bin/python3 python3.14 python3.13 python3.12 python3.11; do
        if "$python" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
            printf '%s' "$python"
            return 0
        fi
    done
    fail "需要 Python 3.11 或更高版本（Python 3.11 or later with venv is needed）：apt-get install python3 python3-venv"
}

pins_hash() { cat deploy/uv.txt "$@" | sha256sum | cut -d' ' -f1; }

# Afterwards $VENV holds exactly the pinned versions of requirements file $1; nothing is done if they have not changed.
# The pins for tests hold those for running, so ./run after ./test has nothing to do.
need_environment() {
    wanted=$(pins_hash "$1")
    if [ -x "$VENV/bin/python" ] && "$VENV/bin/python" -c '' 2>/dev/null; then
        [ "$(cat "$VENV/.pins-$1" 2>/dev/null)" = "$wanted" ] && return 0
    else
        python=$(find_python) || exit 1
        say "建立虚拟环境 making $VENV with $("$python" --version)"
        rm -rf "$VENV"
        "$python" -m venv "$VENV" || fail "建立虚拟环境失败（could not make $VENV）。请安装 python3-venv。"
    fi
    say "安装 Python 依赖 installing $1"
    if "$VENV/bin/python" -m uv --version >/dev/null 2>&1 ||
        "$VENV/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r deploy/uv.txt; then
        "$VENV/bin/python" -m uv pip install -q --python "$VENV/bin/python" --require-hashes -r "$1"
    else
        false
    fi ||
        "$VENV/bin/python" -m pip install -q --disable-pip-version-check --require-hashes -r "$1" ||
        fail "安装依赖失败（could not install $1）：请检查网络或软件包源后重试。"
    rm -f "$VENV"/.pins-*
    printf '%s' "$wanted" >"$VENV/.pins-$1"
    if [ "$1" = requirements-dev.txt ]; then
        pins_hash requirements.txt >"$VENV/.pins-requirements.txt"
    fi
}
