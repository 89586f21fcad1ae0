import { DeploymentFacts } from '../../model/deployment-facts';
import { Membership } from '../membership/membership';

/** Endings of names that always mean a secret. */
const SECRET_END = /(PASSWORD|PASSWD|PASSPHRASE|SECRETS?|TOKEN|CREDENTIALS?|CREDS|(API|ACCESS|PRIVATE|SECRET|SIGNING)KEYS?)$/;

/** Endings of names that mean a secret only after one of the listed words. */
const AFTER: Readonly<Record<string, readonly string[]>> = {
  KEY: [
    'ACCESS', 'ACCOUNT', 'AES', 'ANTHROPIC', 'API', 'AUTH', 'AZURE', 'CIPHER', 'DECRYPTION', 'DEPLOY', 'ENCRYPTION', 'GEMINI', 'HMAC', 'JWT', 'LICENSE', 'MASTER',
    'MISTRAL', 'OPENAI', 'PRIVATE', 'RSA', 'SECRET', 'SERVICE', 'SESSION', 'SHARED', 'SIGNING', 'SSH', 'STRIPE', 'SUBSCRIPTION', 'WEBHOOK',
  ],
  TOKENS: ['ACCESS', 'API', 'AUTH', 'BEARER', 'BOT', 'REFRESH', 'SECRET'],
  PASS: ['ADMIN', 'AMQP', 'AUTH', 'BASIC', 'DATABASE', 'DB', 'EMAIL', 'FTP', 'KAFKA', 'LDAP', 'MAIL', 'MONGO', 'MYSQL', 'PG', 'POSTGRES', 'PROXY', 'RABBITMQ', 'REDIS', 'ROOT', 'SMTP', 'USER'],
};

/** Words before TOKEN that mean tokens of a language model or of pagination, not secrets. */
const NO_SECRET_TOKEN = ['BOS', 'CLS', 'END', 'EOS', 'FIRST', 'IMAGE', 'LAST', 'MASK', 'NEXT', 'PAD', 'PAGE', 'PER', 'SEP', 'SPECIAL', 'START', 'STOP', 'UNK'];

/** Words that may follow the name of a secret without changing its meaning. */
const BEHIND = /^([0-9]+|BASE|CURRENT|DEV|NEW|OLD|PREVIOUS|PRIMARY|PROD|SECONDARY|STAGING|TEST|V[0-9]+|VALUE)$/;

/** Returns whether a variable with this name contains a secret, and not a reference to a secret. */
export function isSecretName(name: string): boolean {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/([A-Z])([A-Z][a-z])/g, '$1_$2').toUpperCase().split(/[^A-Z0-9]+/).filter((word) => word !== '');
  while (words.length > 1 && BEHIND.test(words[words.length - 1])) words.pop();
  const [last = '', before = ''] = words.reverse();
  const word = last.replace(/[0-9]+$/, '');
  if (word === 'TOKEN' && NO_SECRET_TOKEN.includes(before)) return false;
  if (SECRET_END.test(word) || word === 'PAT' || (word === 'PWD' && before !== '')) return true;
  return (AFTER[word] ?? AFTER[word.replace(/S$/, '')] ?? []).includes(before);
}

/** Returns whether a value cannot be a secret: a variable that Kubernetes expands, a file path, or a boolean. */
function isReference(value: string): boolean {
  return /^(\$\([^)]+\)|\$\{[^}]+\}|(\/[\w.@-]+){2,}|true|false|yes|no|on|off|none|)$/i.test(value);
}

/** Patterns of well-known secret formats, with their names. */
const SHAPES: readonly (readonly [what: string, shape: RegExp])[] = [
  ['a URL with a password', /(?<![a-z0-9+.-])[a-z][a-z0-9+.-]*:\/\/[^\s/?#@:]*:(?!\$[({])[^\s/?#@]+@/i],
  ['an Authorization header', /\bauthorization\s*[=:]\s*(?!\$[({])\S/i],
  ['a private key', /-----BEGIN [A-Z ]*PRIVATE KEY( BLOCK)?-----/],
  ['a JSON Web Token', /\beyJ[\w-]{8,1000}\.eyJ[\w-]{8,4000}\.[\w-]+/],
  ['a token of GitHub', /\b(gh[oprsu]_[A-Za-z0-9]{16,}|github_pat_\w{16,})/],
  ['a token of GitLab', /\bglpat-[\w-]{16,}/],
  ['an API key', /(?<![A-Za-z0-9])(sk-([a-z0-9]+-){0,4}[A-Za-z0-9_]{16,}|[rs]k_(live|test)_[A-Za-z0-9]{16,})/],
  ['a token of Slack', /\b(xox[a-z]-[A-Za-z0-9-]{10,}|xapp-[0-9]-[A-Za-z0-9-]{10,})/],
  ['a key of AWS', /\b(AKIA|ASIA)[0-9A-Z]{16}\b/],
  ['a key of Google', /\bAIza[\w-]{30,}/],
  ['a token of Hugging Face', /\bhf_[A-Za-z0-9]{30,}/],
  ['a token of npm', /\bnpm_[A-Za-z0-9]{30,}/],
  ['a connection string with a password', /(^|;)\s*(AccountKey|SharedAccessKey|Password|Pwd)\s*=\s*(?!\$[({])[^;\s]+/i],
];

/** Returns the name of the secret format that a text contains, or nothing. */
export function secretIn(text: string): string | undefined {
  return SHAPES.find(([, shape]) => shape.test(text))?.[0];
}

/** Returns the indexes of the arguments that are values of flags whose name means a secret. */
export function secretFlags(args: readonly string[]): number[] {
  return args.flatMap((arg, index) => {
    const [, name = '', value] = /^(?:--?)?([A-Za-z][\w.-]*)=(.*)$/s.exec(arg) ?? [];
    if (value !== undefined) return isSecretName(name) && !isReference(value) ? [index] : [];
    const [, flag] = /^--?([A-Za-z][\w.-]*)$/.exec(args[index - 1] ?? '') ?? [];
    return flag !== undefined && isSecretName(flag) && !arg.startsWith('-') && !isReference(arg) ? [index] : [];
  });
}

/** Reports secrets that would be written to the manifest. The report never contains their values. */
export function checkSecrets(member: Membership, { env, command = [], args = [] }: Pick<DeploymentFacts, 'env' | 'command' | 'args'>): void {
  for (const [name, value] of Object.entries(env)) {
    const named = isSecretName(name) && !isReference(value);
    const shape = secretIn(value);
    if (!named && shape === undefined) continue;
    member.report({ message: `an environment variable looks like a secret${shape === undefined ? '' : ` (${shape})`} and would be written to the manifest`, actual: name, expected: 'secrets only as references to a Secret', fix: 'set the variable in `secretEnv` instead of `env`' });
  }
  for (const [prop, stated] of Object.entries({ command, args })) {
    const flags = secretFlags(stated);
    for (const [index, text] of stated.entries()) {
      const shape = secretIn(text) ?? (flags.includes(index) ? 'a flag with the name of a secret' : undefined);
      if (shape === undefined) continue;
      member.report({ message: `an argument looks like a secret (${shape}) and would be written to the manifest`, actual: `${prop}[${index}]`, expected: 'secrets only as references to a Secret', fix: 'set the secret as a variable NAME in `secretEnv`, and write "$(NAME)" in the argument' });
    }
  }
}
