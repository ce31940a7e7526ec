#!/bin/sh
# The tests of mail talk to Debian's Postfix and Dovecot, which they start themselves. Install both
# where we may, without starting them as services; else say how.
postfix=/usr/sbin/postfix
dovecot=/usr/sbin/dovecot
[ -x "$postfix" ] && [ -x "$dovecot" ] && [ -e /usr/lib/dovecot/lmtp ] && [ -e /usr/lib/dovecot/imap ] && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installing Postfix and Dovecot for the tests of mail …" >&2
    export DEBIAN_FRONTEND=noninteractive
    # Nobody asked for a mail server on this machine: 101 is "may not be started" (policy-rc.d).
    policy=/usr/sbin/policy-rc.d
    if [ ! -e "$policy" ]; then
        printf '#!/bin/sh\nexit 101\n' >"$policy" && chmod +x "$policy"
        trap 'rm -f "$policy"' EXIT
    fi
    echo "postfix postfix/main_mailer_type select No configuration" | debconf-set-selections
    { apt-get update -qq &&
        apt-get install -y -qq --no-install-recommends postfix dovecot-imapd dovecot-lmtpd; } >&2 &&
        [ -x "$postfix" ] && [ -x "$dovecot" ] && exit 0
fi
cat >&2 <<TEXT
The tests of mail need Postfix and Dovecot, and start them as root.
On Debian:      sudo apt-get install postfix dovecot-imapd dovecot-lmtpd; then run bin/test as root
Without them:   bin/test --quick
TEXT
exit 1
