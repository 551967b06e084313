#!/bin/sh
# The stall report of the night: what is new since the last night, what goes on, what was cleared.
# Quiet when there is nothing; exit code 20 when something is new. For cron, which mails whatever is
# printed (examples/crontab), for a systemd timer (examples/systemd/), or for examples/send.sh.
#
#   nightly.sh FILE [NAME]
#
# NAME tells several nightly reports on one file apart. FUNNELCLI names the program, if it is not on
# the PATH. Exit codes other than 0 and 20 are funnelcli's, see docs/exit-codes.md.
set -u
file=${1:?usage: nightly.sh FILE [NAME]}

"${FUNNELCLI:-funnelcli}" --db "$file" \
  stalled --since-last-run "${2:-nightly}" --exit-code --format md
code=$?
case $code in
0 | 20) ;;
*) printf 'nightly.sh: there is no report on %s: funnelcli ended with %d.\n' "$file" "$code" >&2 ;;
esac
exit "$code"
