#!/usr/bin/env bash
# Runs every test, after installing what they need. The last line is "N passed, N failed, N skipped".
# Arguments go to dotnet test, such as: ./test.sh --filter FullyQualifiedName~Archive
# Without any, tests of the category Long are left out: the README has the commands for those.
set -uo pipefail
cd "$(dirname "$0")" || exit 1
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
# A compiler runs too shortly to gain from profiles of its code. (The tests' own setting stands in Directory.Build.props.)
export DOTNET_TieredPGO=0

if ! command -v dotnet >/dev/null; then
  echo "The .NET 10 SDK is needed: https://dot.net/download" >&2
  echo "0 passed, 0 failed, 0 skipped"
  exit 1
fi

as_root=()
[ "$(id -u)" -eq 0 ] || as_root=(sudo -n)

# The tests of Azure storage start Azurite, which npm installs, in the versions of its lock file.
if ! command -v npm >/dev/null && command -v apt-get >/dev/null; then
  echo "Installing Node.js."
  { "${as_root[@]}" apt-get update && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends nodejs npm; } >/dev/null 2>&1 </dev/null
fi
if [ ! -e tests/Azurite/node_modules/azurite/package.json ]; then
  echo "Installing Azurite."
  (cd tests/Azurite && npm ci --no-audit --no-fund --silent </dev/null) || echo "Azurite could not be installed: the tests of Azure storage fail." >&2
fi

# The tests of durability read a trace of system calls.
if ! command -v strace >/dev/null && command -v apt-get >/dev/null; then
  echo "Installing strace."
  { "${as_root[@]}" apt-get update && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends strace; } >/dev/null 2>&1 </dev/null
fi
command -v strace >/dev/null || echo "strace is not here and could not be installed: the tests that trace system calls are skipped."

# The tests of the page look at it in the distribution's own browser, and check it by axe-core, from npm.
if ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null && command -v apt-get >/dev/null; then
  echo "Installing Chromium."
  { "${as_root[@]}" apt-get update && "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends chromium fonts-dejavu-core; } >/dev/null 2>&1 </dev/null
fi
command -v chromium >/dev/null || command -v google-chrome >/dev/null || echo "Chromium is not here and could not be installed: the tests of the page in a browser are skipped."
if [ ! -e tests/Trailgate.EndToEnd.Tests/Page/node_modules/axe-core/axe.min.js ]; then
  (cd tests/Trailgate.EndToEnd.Tests/Page && npm ci --no-audit --no-fund --silent </dev/null) || echo "axe-core could not be installed: the tests of the page fail." >&2
fi

[ $# -gt 0 ] || set -- --filter "Category!=Long"
results=$(mktemp -d)
trap 'rm -rf "$results"' EXIT

# One build and one run of all test projects. Release, because that is what is deployed.
dotnet test Functions.sln -c Release --nologo -v quiet --results-directory "$results" --logger trx --logger "console;verbosity=minimal" "$@" </dev/null
status=$?

# Each project leaves one TRX file with its counters; what was counted and not executed was skipped.
passed=0 failed=0 skipped=0
while read -r total executed ok; do
  passed=$((passed + ok))
  failed=$((failed + executed - ok))
  skipped=$((skipped + total - executed))
done < <(find "$results" -name '*.trx' -exec sed -n 's/.*<Counters total="\([0-9]*\)" executed="\([0-9]*\)" passed="\([0-9]*\)".*/\1 \2 \3/p' {} +)

if [ "$skipped" -gt 0 ]; then
  echo "Skipped:"
  find "$results" -name '*.trx' -exec cat {} + | awk '
    /<UnitTestResult / { name = ""; if (/outcome="NotExecuted"/ && match($0, /testName="[^"]*"/)) name = substr($0, RSTART + 10, RLENGTH - 11) }
    name != "" && match($0, /<(Message|StdOut)>[^<]*/) { text = substr($0, RSTART, RLENGTH); sub(/^<[^>]*>/, "", text); print "  " name ": " text; name = "" }
    name != "" && /<\/UnitTestResult>|\/>[ \r]*$/ { print "  " name; name = "" }' | sed 's/&quot;/"/g; s/&apos;/'"'"'/g; s/&lt;/</g; s/&gt;/>/g; s/&amp;/\&/g'
fi

# A run that ends badly without a failed test (it did not build, a process died) must not look like a good one.
if [ "$status" -eq 0 ] && { [ "$failed" -gt 0 ] || [ "$((passed + failed))" -eq 0 ]; }; then
  status=1
fi
[ "$status" -eq 0 ] || [ "$failed" -gt 0 ] || echo "The run ended with status $status; see above." >&2

echo "$passed passed, $failed failed, $skipped skipped"
exit "$status"
