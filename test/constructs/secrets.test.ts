import { isSecretName, secretFlags, secretIn } from '../../src/constructs/workload/secret-checks';

test.each([
  'PASSWORD', 'DB_PASSWORD', 'DB-PASSWORD', 'db.password', 'dbPassword', 'PGPASSWORD', 'MYSQL_ROOT_PASSWORD', 'DB_PASSWD', 'PASSPHRASE', 'KEY_PASSPHRASE', 'SIGNING_KEY', 'signingKey', 'GITHUB_PAT', 'API_KEY',
  'API_KEYS', 'APIKEY', 'apiKey', 'APIKey', 'OPENAI_API_KEY', 'OPENAI_KEY', 'ACCESS_KEY', 'AWS_SECRET_ACCESS_KEY', 'PRIVATE_KEY', 'privatekey', 'ENCRYPTION_KEY', 'JWT_SECRET', 'CLIENT_SECRET', 'clientSecret',
  'SECRET', 'SECRETS', 'TOKEN', 'HF_TOKEN', 'authToken', 'ACCESS_TOKENS', 'CREDENTIALS', 'AZURE_CREDENTIAL', 'DB_CREDS', 'DB_PASS', 'SMTP_PASS', 'DB_PWD', 'API_KEY_1', 'API_KEY2', 'DB_PASSWORD_OLD', 'SECRET_KEY_BASE',
  'STRIPE_API_KEY_PROD', 'SSH_KEY', 'HMAC_KEY', 'bot-token', 'X-API-Key',
])('%s is named like a secret', (name) => {
  expect(isSecretName(name)).toBe(true);
});

test.each([
  'TOKENIZER', 'TOKENIZERS_PARALLELISM', 'TOKENIZER_PATH', 'KEYBOARD', 'KEYBOARD_LAYOUT', 'MAX_TOKENS', 'MAX_OUTPUT_TOKENS', 'CONTEXT_TOKENS', 'NUM_TOKENS', 'TOKENS', 'TOKENS_PER_SECOND', 'TOKEN_LIMIT', 'TOKEN_BUDGET',
  'TOKEN_URL', 'TOKEN_TTL_SECONDS', 'EOS_TOKEN', 'PAD_TOKEN', 'COST_PER_TOKEN', 'SECRET_NAME', 'SECRET_REF', 'SECRET_NAMESPACE', 'API_KEY_SECRET_NAME', 'API_KEY_HEADER', 'API_KEY_FILE', 'PASSWORD_FILE', 'PASSWORD_MIN_LENGTH',
  'CREDENTIALS_FILE', 'AWS_ACCESS_KEY_ID', 'PUBLIC_KEY', 'JWT_PUBLIC_KEY', 'PARTITION_KEY', 'PRIMARY_KEY', 'CACHE_KEY', 'ROUTING_KEY', 'KEY_PREFIX', 'KEY', 'MONKEY', 'HOTKEY', 'KEYCLOAK_URL', 'PATH', 'PATTERN', 'PWD', 'OLDPWD',
  'COMPASS', 'BYPASS', 'PASS_THROUGH', 'FIRST_PASS', 'PASSENGER', 'SECRETARY', 'AUTHOR', 'SIGNING_ALGORITHM', 'OPENAI_BASE_URL', 'SPATIAL', 'CREDIT', 'LOG_LEVEL', 'constructor', '',
])('%s is not named like a secret', (name) => {
  expect(isSecretName(name)).toBe(false);
});

const jwt = ['{"alg":"RS256"}', '{"sub":"alice"}'].map((part) => Buffer.from(part).toString('base64url')).join('.');
const long = 'a1B2'.repeat(12);

test.each([
  ['postgres://app:hunter2@db:5432/app', 'a URL with a password'],
  ['redis://:hunter2@cache', 'a URL with a password'],
  ['connect to https://user:p%40ss@example.com/x now', 'a URL with a password'],
  ['-----BEGIN PRIVATE KEY-----\nMIIE', 'a private key'],
  ['-----BEGIN RSA PRIVATE KEY-----', 'a private key'],
  ['-----BEGIN OPENSSH PRIVATE KEY-----', 'a private key'],
  ['-----BEGIN PGP PRIVATE KEY BLOCK-----', 'a private key'],
  [`${jwt}.c2lnbmF0dXJl`, 'a JSON Web Token'],
  [`Bearer ${jwt}.c2lnbmF0dXJl`, 'a JSON Web Token'],
  [`ghp_${long.slice(0, 36)}`, 'a token of GitHub'], [`ghs_${long.slice(0, 36)}`, 'a token of GitHub'], [`github_pat_${long}`, 'a token of GitHub'],
  [`glpat-${long.slice(0, 20)}`, 'a token of GitLab'],
  [`sk-${long}`, 'an API key'], [`sk-proj-${long}`, 'an API key'], [`sk-ant-api03-${long}-x`, 'an API key'], [`sk_live_${long}`, 'an API key'], [`--header=sk-${long}`, 'an API key'],
  ['xoxb-123456789012-abcdefABCDEF', 'a token of Slack'], ['xapp-1-A0-123456789012-abc', 'a token of Slack'],
  ['AKIAIOSFODNN7EXAMPLE', 'a key of AWS'], ['ASIAIOSFODNN7EXAMPLE', 'a key of AWS'],
  [`AIza${long.slice(0, 35)}`, 'a key of Google'], [`hf_${long.slice(0, 34)}`, 'a token of Hugging Face'], [`npm_${long.slice(0, 36)}`, 'a token of npm'],
  [`AccountKey=${long}==`, 'a connection string with a password'], ['Server=db;User Id=app;Password=hunter2;', 'a connection string with a password'],
])('%j is a secret: %s', (value, what) => {
  expect(secretIn(value)).toBe(what);
});

test.each([
  '', 'postgres://db:5432/app', 'postgres://app@db/app', 'postgres://app:$(DB_PASSWORD)@db/app', 'postgres://app:${DB_PASSWORD}@db/app', 'https://example.com/a:b@c', 'http://[::1]:8080/', 'https://example.com:8080/@scope',
  'mailto:a@b.example', '-----BEGIN CERTIFICATE-----', '-----BEGIN PUBLIC KEY-----', 'eyJ', 'a.b.c', 'risk-management-framework-v2-2024', 'sk-learn-pipeline-v2-prod', 'sk-SK', 'task-1234567890', 'AKIA', 'XAKIAIOSFODNN7EXAMPLEX', 'ghp_',
  'glpat', 'xoxo-love', 'hf_hub', 'npm_config_cache', 'registry.example.com/agent:1.0.0', 'Password=$(DB_PASSWORD)', 'Server=db;Password=;', '/etc/tls/tls.key', 'http://proxy:3128', 'user:password', 'git@github.com:a/b.git',
])('%j is not a secret', (value) => {
  expect(secretIn(value)).toBeUndefined();
});

test.each([
  [['--password=hunter2'], [0]], [['--db-password', 'hunter2'], [1]], [['serve', '--api-key=abc', '-v'], [1]], [['DB_PASSWORD=hunter2', 'run'], [0]], [['--token', 'abc', '--secret=x'], [1, 2]], [['-token=abc'], [0]],
])('%j contain secrets', (args, at) => {
  expect(secretFlags(args)).toEqual(at);
});

test.each([
  [['--max-tokens', '4096']], [['--token', '$(TOKEN)']], [['--token=$(TOKEN)']], [['--api-key', '--verbose']], [['--api-key']], [['--password-file', '/run/secrets/x']], [['--password=']], [['--use-token=true']], [['--eos-token', '</s>']],
  [['--private-key', '/etc/tls/tls.key']], [['--tls-private-key=/etc/tls/tls.key']], [['token', 'abc']], [['print(token=1 == 2)']],
])('%j contain no secrets', (args) => {
  expect(secretFlags(args)).toEqual([]);
});
