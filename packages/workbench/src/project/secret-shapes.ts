/** What gives a secret away in plain text: its shape, or the name of the variable that holds it. */

export const SHAPES: readonly RegExp[] = [
  // Key material in PEM, cut off or not.
  /-----BEGIN [A-Z ]*PRIVATE KEY[A-Z ]*-----[\s\S]*?(?:-----END [A-Z ]+-----|$)/g,
  // AWS access keys, and secret keys beside a word that gives them away.
  /\b(?:AKIA|ASIA|ABIA|ACCA)[0-9A-Z]{16}\b/g,
  /(?<=aws.{0,20}["'\s:=]{1,4})[0-9A-Za-z/+]{40}\b/gi,
  // GitHub, GitLab, npm, Slack, Stripe, Google, OpenAI, Pulumi, Twilio, SendGrid.
  /\bgh[pousr]_[0-9A-Za-z]{20,}\b/g,
  /\bgithub_pat_\w{20,}\b/g,
  /\bglpat-[\w-]{20,}/g,
  /\bnpm_[0-9A-Za-z]{30,}\b/g,
  /\bxox[abeoprs]-[\w-]{10,}/g,
  /\bhooks\.slack\.com\/services\/[\w/]+/g,
  /\b[rs]k_(?:live|test)_[0-9A-Za-z]{16,}\b/g,
  /\bAIza[\w-]{35}/g,
  /\bsk-[\w-]{20,}/g,
  /\bpul-[0-9a-f]{40}\b/g,
  /\bSG\.[\w-]{16,}\.[\w-]{16,}/g,
  // JSON web tokens, bearer tokens, basic credentials.
  /\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?/g,
  /(?<=\b(?:bearer|basic)\s+)[\w.~+/=-]{16,}/gi,
  // Credentials in an address.
  /(?<=\b[a-z][a-z\d+.-]{1,20}:\/\/)[^\s/@:"']{0,200}:[^\s/@"']{1,200}(?=@)/gi,
  // `password: ...`, `API_TOKEN=...`, `"secret": "..."`. An ARN tells where a secret is, not what it is.
  /(?<=(?<![:\w])(?!secretsmanager)\w{0,40}(?:password|passwd|passphrase|secret|token|api_?key|private_?key|credentials?)\w{0,20}["']?\s{0,3}[:=]\s{0,3}["']?)(?!\[secret\]|\[redacted\]|arn:|["'])[^\s"',;&}]{6,}/gi,
];

/** Whether a text holds something of the shape of a secret. */
export const looksSecret = (text: string): boolean =>
  SHAPES.some((shape) => text.search(shape) >= 0);

/** Names that end in what they hold: `DB_PASS`, `apiKey`, `SECRET_KEY_BASE`, but neither `TOKEN_TTL` nor `BYPASS`. */
const SECRET_NAME =
  /(PASSWORD|PASSWD|PASSPHRASE|SECRET|TOKEN|CREDENTIALS?|((API|SECRET|PRIVATE|ACCESS|SIGNING|ENCRYPTION|MASTER|AUTH|SESSION|COOKIE|JWT|SSH|LICENSE)_?KEYS?)|SECRET_?KEY_?BASE|(^|_)(PASS|PASSWDS?|PASSWORDS|SECRETS)|_PWD|PGPASS)$/;

/** Whether a variable holds a secret by its name; a switch, a number or nothing is none. */
export const secretName = (name: string, value: string): boolean =>
  SECRET_NAME.test(name.replaceAll(/([a-z\d])([A-Z])/g, "$1_$2").toUpperCase()) &&
  !/^(|true|false|yes|no|on|off|none|\d{1,5})$/i.test(value);
