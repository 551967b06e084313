#!/bin/sh
# Makes the reports of three nights that lie beside this file: `three-nights.sh FOLDER`.
#
# On the file of `funnelcli demo`, with what its people did in between, under a clock that stands
# still, in an empty environment. FUNNELCLI names the program, if it is not on the PATH.
set -eu
out=${1:?usage: three-nights.sh FOLDER}
program=${FUNNELCLI:-funnelcli}
examples=$(cd -- "$(dirname -- "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
db=$work/ark.db

# at CLOCK PERSON WORDS…: what PERSON types then; what the program says to it is no report.
at() {
  clock=$1 person=$2
  shift 2
  env -i PATH="$PATH" FUNNELCLI_NOW="2026-11-$clock:00+08:00" \
    "$program" --db "$db" --as "$person" "$@" >"$work/said"
}

# night DAY: the report of that night, with its exit code, which cron would show, as the last line.
night() {
  code=0
  env -i PATH="$PATH" FUNNELCLI="$program" FUNNELCLI_NOW="2026-11-$1T05:30:00+08:00" \
    /bin/sh "$examples/nightly.sh" "$db" </dev/null >"$out/2026-11-$1.md" || code=$?
  printf '%d\n' "$code" >"$out/2026-11-$1.code"
}

env -i PATH="$PATH" FUNNELCLI_NOW=2026-11-22T09:00:00+08:00 \
  "$program" demo --keep "$db" >"$work/said"

night 23
at 23T09:40 'Wang Fang 王芳' deal lose 'Spring line' --reason competitor --competitor Sanli
at 23T10:05 'Chen Tao 陈涛' log 'Corporate film' 'They want the treatment by Friday' --kind visit
at 23T10:10 'Jiang Yue 蒋跃' deal advance 'Corporate film' --done 'The brief, signed'
at 23T11:00 'Jiang Yue 蒋跃' ack 'Rebranding' --until 2026-11-25 --reason 'Their director is abroad'
at 23T14:00 'Xiao Li 小李' deal add 'Winter fair 冬季展会' --customer 'Beichen Sports 北辰体育' \
  --amount 520000 --on 2026-11-10
night 24
at 24T09:30 'Chen Tao 陈涛' log 'EV launch' 'The final round is on Thursday' --by-them
at 24T15:00 'Wang Fang 王芳' deal hold 'Summer campaign' --until 2027-01-11 \
  --reason 'They decide after the new year'
night 25
