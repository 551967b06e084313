#!/bin/sh
# Sends the stall report of the night to somebody, if there is one:
#
#   send.sh FILE mail ADDRESS    mails it, through sendmail or else mail
#   send.sh FILE post URL        posts it as JSON, {"text": "…"}, as chats take it
#   send.sh FILE post-md URL     posts it as Markdown
#
# It sends nothing when there is nothing. A report that could not be made is sent too, in words, and
# a report that could not be sent is printed: in both cases it ends with the code of what failed.
# Every way and receiver has runs of its own, so that each is told everything. post needs curl and
# python3, post-md curl. SENDMAIL and FUNNELCLI name these programs, if they are not on the PATH.
set -u
[ $# = 3 ] || {
  echo 'usage: send.sh FILE mail ADDRESS, send.sh FILE post URL, or send.sh FILE post-md URL' >&2
  exit 2
}
file=$1 how=$2 whom=$3
sendmail=${SENDMAIL:-sendmail}

mail_it() {
  if command -v "$sendmail" >/dev/null; then
    printf 'To: %s\nSubject: %s\nMIME-Version: 1.0\n' "$whom" "$subject" >"$report.mail"
    printf 'Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n\n' \
      >>"$report.mail"
    cat "$report" >>"$report.mail"
    "$sendmail" -i -- "$whom" <"$report.mail"
  else
    mail -s "$subject" -- "$whom" <"$report"
  fi
}

# Posts what is on stdin; an answer of 400 or more is a failure.
post_it() {
  curl --fail --silent --show-error --max-time 60 --output /dev/null \
    --header "Content-Type: $1; charset=utf-8" --data-binary @- "$whom"
}

as_json() {
  python3 -c 'import json, sys
print(json.dumps({"text": sys.stdin.buffer.read().decode("utf-8")}))'
}

case $how in
mail | post | post-md) ;;
*)
  printf 'send.sh: %s is no way to send; say mail, post or post-md.\n' "$how" >&2
  exit 2
  ;;
esac

folder=$(mktemp -d) || exit 1
trap 'rm -rf "$folder"' EXIT
report=$folder/report
here=$(dirname -- "$0")
name=send-$how-$(printf '%s' "$whom" | cksum | tr ' ' '-')

/bin/sh "$here/nightly.sh" "$file" "$name" >"$report" 2>"$folder/trouble"
code=$?
cat "$folder/trouble" >&2
case $code in
0) subject='Stalled deals' ;;
20) subject='Stalled deals: something is new' ;;
*)
  subject="No report on stalled deals: funnelcli ended with $code"
  cat "$folder/trouble" >"$report"
  ;;
esac
[ -s "$report" ] || exit "$code"

case $how in
mail) mail_it ;;
post) as_json <"$report" >"$folder/json" && post_it application/json <"$folder/json" ;;
post-md) post_it text/markdown <"$report" ;;
esac
sent=$?
if [ "$sent" -ne 0 ]; then
  printf 'send.sh: the report was not sent to %s (%s ended with %d); here it is:\n' \
    "$whom" "$how" "$sent" >&2
  cat "$report"
  exit "$sent"
fi
exit "$code"
