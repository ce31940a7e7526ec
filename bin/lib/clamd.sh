#!/bin/sh
# One test asks a real virus scanner, with a signature of its own. Install it where we may; else say
# how. Nothing of it runs as a service, and it downloads no signatures.
clamd=${CLAMD:-/usr/sbin/clamd}
[ -x "$clamd" ] && exit 0
if [ -z "${CLAMD:-}" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing clamd for the test of the virus scanner …" >&2
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends clamav-daemon; } >&2 &&
        [ -x "$clamd" ] && exit 0
fi
cat >&2 <<TEXT
The test of the virus scanner needs clamd, and $clamd is not there.
On Debian:               sudo apt-get install --no-install-recommends clamav-daemon
If it stands elsewhere:  CLAMD=/path/to/clamd bin/test
Without it:              bin/test --quick
TEXT
exit 1
