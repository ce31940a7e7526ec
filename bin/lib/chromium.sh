#!/bin/sh
# The browser tests drive Debian's Chromium, without its windows. Install it where we may; else say
# how.
for chromium in ${CHROMIUM:-/usr/bin/chromium-headless-shell /usr/bin/chromium}; do
    [ -x "$chromium" ] && exit 0
done
if [ -z "${CHROMIUM:-}" ] && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Chromium for the browser tests …" >&2
    export DEBIAN_FRONTEND=noninteractive
    { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium-headless-shell; } >&2 &&
        [ -x /usr/bin/chromium-headless-shell ] && exit 0
fi
cat >&2 <<TEXT
The browser tests need Chromium, and $chromium is not there.
On Debian:               sudo apt-get install chromium-headless-shell   (or chromium)
If it stands elsewhere:  CHROMIUM=/path/to/chromium bin/test
Without the browser:     bin/test --quick
TEXT
exit 1
