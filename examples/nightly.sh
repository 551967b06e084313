#!/bin/sh
# The stall report of the night: quiet when nothing is stalled, a report and exit code 20 when
# something is. For cron, which mails whatever is printed:
#
#   30 5 * * 1-5  /path/to/nightly.sh /path/to/funnel.db
#
# FUNNELCLI names the program, if it is not on cron's PATH.
set -u
file=${1:?usage: nightly.sh FILE}
report=$(mktemp)
trap 'rm -f "$report"' EXIT

"${FUNNELCLI:-funnelcli}" --db "$file" stalled --exit-code --format plain --output "$report"
code=$?
[ "$code" -eq 20 ] && cat "$report"
exit "$code"
