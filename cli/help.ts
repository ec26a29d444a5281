/** What `hybrid-gateway help` prints. */
export const HELP = `hybrid-gateway: one address for a WebORCA clinic's partner systems

  run --config FILE             start the gateway
  check FILE                    read a configuration and say what is wrong with it; start nothing

  mode                          現在のモード: the mode, where requests go, the X-Hybridmode values
  switch MODE --reason TEXT     モードの切り替え: normal (通常), emergency (応急措置), recovery (復旧措置)
      --target cloud|local      使用する応急措置環境
      --override CHECK          go on although this check blocks; may be repeated, "*" for all
      --expected-epoch N        only if nobody has switched since epoch N; else the current one is read first
      --yes, -y                 do not ask
  confirm --reason TEXT         モードの確認: vouch for the mode after a start that asks for it
      --mode MODE --target cloud|local    say that the clinic is in another mode than the state has
      --override CHECK, --expected-epoch N, --yes
  history [--limit N]           切り替えの履歴, the newest first (20)
  outcomes                      結果不明の書き込み: writes that may or may not be in their environment
  outcomes tick ID --note TEXT  確認済みにする: somebody has looked, and found this
  audit [--limit N] [--before ID]    監査記録: who did what, when, from where, and why; the newest first (20)
  audit verify [--state DIR] [--head ID:HASH]
                                改ざんの確認: read the trail on the disk, the gateway running or not;
                                --head: with the head that an earlier switch printed
  operators list                操作者の一覧: who may log in
  operators add NAME --role viewer|operator|admin    the password is asked for, or read from the input
  operators remove NAME
  operators password NAME       a new password; asked for, or read from the input
  watch                         follow the events, one line each; connects anew by itself
  help, --version

These talk to a running gateway, and take:
      --url URL                 its control API (http://127.0.0.1:8800, or what --config says)
      --config FILE             read address, certificate and state folder from there
      --state DIR               the state folder (./data), which has control.token
      --token TOKEN             better: the environment variable HYBRID_GATEWAY_TOKEN, which other users cannot see
      --ca FILE                 trust this PEM certificate, for a control API with its own
      --json                    print the API's answers, one line of JSON each

Exit codes
  0  done
  1  not done: an unexpected error, or the question was answered with no
  2  the command line is wrong
  3  the configuration is wrong
  4  the control API cannot be reached
  5  not allowed: no token, an unknown one, or one without the scope
  6  refused by a rule or a check, or there is no such thing
  7  somebody else was first: the epoch has changed, it is ticked off already, the name is taken
  8  the audit trail was tampered with
`;
