import { notSent, unknown, type Refusal } from './refusal.ts';

/** What the clinic's mode, a switch or the gateway's own state forbids. */
export const CLINIC_REFUSALS = {
  'mode-precondition': notSent(
    412,
    '連携システムが想定しているモードと、現在のモードが違います。',
    'X-Hybridmode in the request is not the mode that would answer it; see X-Hybridmode in this answer.',
  ),
  'switch-in-progress': notSent(
    503,
    'モードを切り替えています。しばらくしてからもう一度送信してください。',
    'A switch is going on; the request was held as long as switch.hold allows, and not sent.',
    2,
  ),
  'names-other-environment': notSent(
    409,
    '切り替え前の環境の番号（受付ID・伝票番号など）を指しているため、送信していません。一覧を取り直してから登録してください。',
    'The request names a number that the environment before the switch issued; it was not sent. Read the list again.',
  ),
  'cut-by-switch': unknown(
    504,
    '切り替えのため、応答を待たずに打ち切りました。登録されたかどうかを確認してください。',
    'The request was cut off by a switch; the environment may have acted on it.',
  ),
  'taken-back': notSent(
    503,
    'モードを切り替えています。もう一度送信してください。',
    'A switch began before a byte was sent.',
    2,
  ),
  'mode-unconfirmed': notSent(
    503,
    '運用モードが確認されていないため、登録を受け付けていません。ゲートウェイの画面でモードを確認してください。',
    'Writes wait until an operator confirms the mode (hybrid-gateway confirm).',
    5,
  ),
  'recovery-refuses-writes': notSent(
    503,
    '復旧措置モードのため、登録を受け付けていません。',
    'Recovery mode: this clinic takes no writes until it is back to normal (recovery.partners).',
    30,
  ),
  'shutting-down': notSent(503, 'ゲートウェイを停止しています。', 'The gateway is shutting down.', 5),
  'state-unwritable': notSent(
    503,
    'ゲートウェイの状態を保存できないため、登録を受け付けていません。ディスクの空き容量を確認してください。',
    'The gateway cannot write its state: check the disk. Nothing was sent.',
    10,
  ),
  'internal-error': unknown(
    500,
    'ゲートウェイの内部でエラーが発生しました。',
    'The gateway failed. The log has the request id.',
  ),
} as const satisfies Readonly<Record<string, Refusal>>;
