#!/bin/sh
# Makes what a broker with TLS, logins and an ACL needs, in one folder:
#   provision.sh ca     DIR               an authority: ca.crt (public), ca.key
#   provision.sh broker DIR site|centre HOST...
#                                         broker.crt and .key for these names or
#                                         addresses, and site.conf or centre.conf
#   provision.sh agent  DIR AGENT ROLE SITE [GROUP]
#                                         a login and its rights; AGENT/ gets
#                                         password, agent.crt, agent.key, ca.crt:
#                                         bring it to the agent's machine
# ROLE: device, edge (both with GROUP), cloud, viewer (SITE may be +), bridge.
# Never replaces an authority or an agent. Needs openssl and mosquitto_passwd.
set -eu
umask 077
here=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
days=3650

fail() { echo "provision.sh: $1" >&2; exit "${2:-64}"; }
usage() { sed -n '2,13s/^# \{0,1\}//p' "$0" >&2; exit 64; }

valid_id() {
  case $1 in -*|''|*[!a-z0-9-]*) fail "'$1': must be 1 to 32 of a-z, 0-9 and '-', not starting with '-'" ;; esac
  [ ${#1} -le 32 ] || fail "'$1': longer than 32"
}

# sign NAME SUBJECT EXTENSIONS: NAME.key and NAME.crt, signed by the authority.
sign() {
  [ -e "$dir/ca.key" ] || fail "no authority in $dir; begin with: provision.sh ca $dir" 78
  openssl req -new -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes \
    -keyout "$1.key" -out "$1.csr" -subj "/CN=$2" 2>/dev/null
  printf '%s\n' "$3" > "$1.ext"
  openssl x509 -req -in "$1.csr" -CA "$dir/ca.crt" -CAkey "$dir/ca.key" \
    -CAcreateserial -out "$1.crt" -days $days -sha256 -extfile "$1.ext" 2>/dev/null
  rm -f "$1.csr" "$1.ext"
}

make_ca() {
  [ ! -e "$dir/ca.key" ] || fail "$dir/ca.key exists; it is not replaced" 73
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -sha256 \
    -days $days -subj "/CN=ddnn authority" -keyout "$dir/ca.key" -out "$dir/ca.crt" \
    -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign 2>/dev/null
}

make_broker() {
  kind=$1; shift
  case $kind in site|centre) ;; *) usage ;; esac
  [ $# -gt 0 ] || usage
  names=
  for host in "$@"; do
    case $host in
      *[!0-9a-zA-Z.:-]*) fail "'$host': not a host name or address" ;;
      *:*|*[0-9].[0-9]*.[0-9]*.[0-9]*) names="$names,IP:$host" ;;
      *) names="$names,DNS:$host" ;;
    esac
  done
  sign "$dir/broker" "$1" "subjectAltName=${names#,}
extendedKeyUsage=serverAuth"
  [ -e "$dir/passwords" ] || : > "$dir/passwords"
  [ -e "$dir/acl" ] || cp "$here/acl" "$dir/acl"
  sed "s|/etc/mosquitto/ddnn|$dir|" "$here/$kind.conf" > "$dir/$kind.conf"
}

# rights ROLE SITE GROUP: lines for the ACL beyond what every agent may.
rights() {
  group="ddnn/v1/$2/group/$3"
  case $1 in
    device)
      for kind in request decided config; do echo "topic read $group/$kind"; done
      echo "topic readwrite $group/doctor/device" ;;
    edge)
      for kind in score feature offload edge-score edge-feature clock; do
        echo "topic read $group/$kind/+"
      done
      echo "topic readwrite $group/relay/+"
      for kind in request edge-request decided config result result-fb latest lost lease; do
        echo "topic readwrite $group/$kind"
      done
      echo "topic readwrite $group/doctor/edge"
      echo "topic read ddnn/v1/$2/agent/+/state"
      for verb in leave clock; do echo "topic write ddnn/v1/$2/agent/+/cmd/$verb"; done
      echo 'topic read $SYS/broker/#' ;;
    cloud)
      echo "topic read ddnn/v1/$2/cloud/ask/+"
      echo "topic write ddnn/v1/$2/cloud/answer/+"
      echo "topic readwrite ddnn/v1/$2/cloud/doctor" ;;
    bridge)
      echo "topic write ddnn/v1/$2/cloud/ask/+"
      echo "topic read ddnn/v1/$2/cloud/answer/+" ;;
    viewer) echo "topic read ddnn/v1/$2/#" ;;
    *) usage ;;
  esac
}

make_agent() {
  [ $# -ge 3 ] || usage
  agent=$1 role=$2 site=$3 group=${4:-}
  valid_id "$agent"
  [ "$site" = + ] || valid_id "$site"
  case $role in
    device|edge) [ "$site" != + ] || fail "a $role has one site"; valid_id "$group" ;;
    *) [ -z "$group" ] || usage ;;
  esac
  [ -e "$dir/passwords" ] || fail "no broker in $dir; first: provision.sh broker $dir site HOST" 78
  [ ! -e "$dir/$agent" ] || fail "$dir/$agent exists; it is not replaced" 73
  lines=$(rights "$role" "$site" "$group")
  mkdir "$dir/$agent"
  openssl rand -hex 24 > "$dir/$agent/password"
  sign "$dir/$agent/agent" "$agent" "extendedKeyUsage=clientAuth"
  cp "$dir/ca.crt" "$dir/$agent/ca.crt"
  # Through a file, since arguments are seen by everybody on the machine.
  printf '%s:%s\n' "$agent" "$(cat "$dir/$agent/password")" > "$dir/$agent/login"
  mosquitto_passwd -U "$dir/$agent/login"
  cat "$dir/$agent/login" >> "$dir/passwords"
  rm "$dir/$agent/login"
  printf '\nuser %s\n%s\n' "$agent" "$lines" >> "$dir/acl"
}

[ $# -ge 2 ] || usage
for tool in openssl mosquitto_passwd; do
  command -v $tool > /dev/null || fail "$tool is missing; on Debian: apt-get install openssl mosquitto" 69
done
command=$1; shift
mkdir -p "$1"
dir=$(CDPATH= cd -- "$1" && pwd); shift
case $command in
  ca) make_ca ;;
  broker) [ $# -ge 2 ] || usage; make_broker "$@" ;;
  agent) make_agent "$@" ;;
  *) usage ;;
esac
