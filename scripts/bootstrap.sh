# shellcheck shell=sh
# Sourced by run, test and .ci/run: from a shell and any Python 3 with pip to an environment that matches a
# hashed lock. Says one sentence and exits when something is missing.
UV_VERSION=0.13.9
VENV=.venv
TOOLS=.tools

say() { printf '%s\n' "$*" >&2; }
stop() { say "$*"; exit 1; }

# A candidate counts only if it runs: shims that point nowhere and Pythons built without ssl are passed over.
ok_python() {
  "$1" -c 'import sys, ssl, sqlite3, ctypes, lzma; sys.exit(not ((3, 12) <= sys.version_info[:2] <= (3, 14)))' >/dev/null 2>&1
}

find_python() {
  for p in ${PYTHON:-} python3.13 python3.14 python3.12 python3 python \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.13.*/bin/python3 \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.14.*/bin/python3 \
    "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.12.*/bin/python3 \
    /opt/homebrew/bin/python3.1[234] /usr/local/bin/python3.1[234] /opt/python/*/bin/python3.1[234]; do
    if ok_python "$p"; then "$p" -c 'import sys; print(sys.executable)'; return 0; fi
  done
  return 1
}

find_uv() {
  for u in "$TOOLS/bin/uv" "$(command -v uv || true)"; do
    if [ -n "$u" ] && "$u" --version >/dev/null 2>&1; then printf '%s\n' "$u"; return 0; fi
  done
  # Any Python 3 with pip can fetch it: uv is one program in a wheel.
  for p in ${1:-} python3 python "${PYENV_ROOT:-$HOME/.pyenv}"/versions/3.*/bin/python3 /usr/bin/python3; do
    "$p" -c 'import sys; sys.exit(sys.version_info[0] != 3)' >/dev/null 2>&1 || continue
    "$p" -m pip install -q --disable-pip-version-check --no-deps --upgrade --target "$TOOLS" "uv==$UV_VERSION" >>"$LOG" 2>&1 \
      && { printf '%s\n' "$TOOLS/bin/uv"; return 0; }
    "$p" -m venv "$TOOLS/venv" >>"$LOG" 2>&1 \
      && "$TOOLS/venv/bin/pip" install -q --disable-pip-version-check "uv==$UV_VERSION" >>"$LOG" 2>&1 \
      && mkdir -p "$TOOLS/bin" && ln -sf ../venv/bin/uv "$TOOLS/bin/uv" \
      && { printf '%s\n' "$TOOLS/bin/uv"; return 0; }
  done
  return 1
}

# Turns what a tool said into one sentence about what happened and what to do.
explain() {
  if grep -qiE 'no space left|ENOSPC|disk quota|os error 28' "$LOG"; then
    stop "The disk is full: free some space (about 1 GB) and start again."
  elif grep -qiE 'dns error|resolve|network is unreachable|connection (refused|reset|timed out)|failed to (fetch|connect)|could not (connect|find a version)|NewConnectionError|timed out|tunnel|error sending request|client error \(connect\)' "$LOG"; then
    stop "The package registry cannot be reached: check the network (and the proxy settings), then start again."
  elif grep -qiE 'hash mismatch|--require-hashes|hashes' "$LOG"; then
    stop "A package that arrived is not the one the lock asks for: nothing was installed. Try again, or look in $LOG."
  fi
  say "$1 The last lines of $LOG:"
  tail -n 12 "$LOG" >&2
  exit 1
}

# sync LOCK [COVERED]: .venv holds exactly what LOCK says. An environment made for requirements-dev.lock holds all
# of requirements.lock too, so ./run after ./test changes nothing.
sync() {
  want=$(cksum <"$1")
  have=$(cat "$VENV/.ponte-lock" 2>/dev/null || true)
  case "|$have|" in *"|$1 $want|"*) if "$VENV/bin/python" -c '' >/dev/null 2>&1; then return 0; fi ;; esac
  mkdir -p "$TOOLS" 2>/dev/null || stop "This folder cannot be written to: check who owns $(pwd) and how full the disk is."
  LOG=$TOOLS/setup.log
  : >"$LOG" 2>/dev/null || stop "This folder cannot be written to: check who owns $(pwd) and how full the disk is."
  python=$(find_python || true)
  uv=$(find_uv "$python") || explain "uv could not be installed: install python3-pip (or python3-venv), or uv itself, and start again."
  say "· Python packages (about 20 s the first time)"
  if [ -z "$have" ] || ! ok_python "$VENV/bin/python"; then
    # No mark of a finished setup: a killed one may have left half a package behind.
    [ -L "$VENV" ] || rm -rf "$VENV"
    if [ -n "$python" ]; then
      [ -L "$VENV" ] || "$uv" venv -q --no-python-downloads --python "$python" "$VENV" >>"$LOG" 2>&1 || explain "The environment could not be made."
    else
      say "· no Python 3.12, 3.13 or 3.14 on this machine: uv fetches one"
      "$uv" venv -q --python 3.13 --managed-python "$VENV" >>"$LOG" 2>&1 || {
        grep -qiE 'no space left|os error 28' "$LOG" && explain ""
        stop "Ponte needs Python 3.12, 3.13 or 3.14; this machine has $(python3 -V 2>/dev/null || printf 'none') and no newer one could be fetched. Install one (or set PYTHON=/path/to/it) and start again."
      }
    fi
  fi
  rm -f "$VENV/.ponte-lock"
  "$uv" pip sync -q --require-hashes --python "$VENV/bin/python" "$1" >>"$LOG" 2>&1 || explain "The Python packages could not be installed."
  mark="$1 $want"
  [ "$1" = requirements-dev.lock ] && mark="$mark|requirements.lock $(cksum <requirements.lock)"
  printf '%s' "$mark" >"$VENV/.ponte-lock" || stop "The disk is full: free some space (about 1 GB) and start again."
}
