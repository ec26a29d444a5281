// What the loads ask for and what the origin answers, in one place.

/** A partner's credentials, and those that the environment wants: whoever stands between must exchange them. */
export const PARTNER = { user: 'emr', password: 'emr-password' } as const;
export const OPERATOR = { user: 'ormaster', password: 'ormaster' } as const;

export const PATHS = {
  get: '/api/api01rv2/patientgetv2?id=00001&format=json',
  post: '/api/api01rv2/medicalgetv2?class=01',
  download: '/bench/download',
  upload: '/bench/upload',
  echo: '/bench/echo',
} as const;

export const GET_BYTES = 1024;
export const POST_REQUEST_BYTES = 2048;
export const POST_ANSWER_BYTES = 20 * 1024;
export const TRANSFER_BYTES = 200 * 1024 * 1024;
/** A push event of WebORCA is about this long, and fits a frame's shortest form. */
export const MESSAGE_BYTES = 100;

export function basic({ user, password }: { readonly user: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

/** XML2 of exactly so many bytes: a question as WebORCA takes it, filled up. */
export function question(bytes: number): string {
  const head = '<data><medicalgetreq type="record"><Patient_ID type="string">00001</Patient_ID><Filler type="string">';
  const tail = '</Filler></medicalgetreq></data>';
  return head + 'x'.repeat(bytes - head.length - tail.length) + tail;
}
