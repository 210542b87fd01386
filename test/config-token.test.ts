import { expect, test } from 'vitest';
import { mustLoad, refusal } from './support/load-config.ts';

const token = 'abcdefghijklmnopqrstuv';
const files = { '/here/token': `${token}\n` };
const fromFile = { files, argv: ['--token-file', 'token'] };

test('the token comes from the environment or from a private file', () => {
  expect(mustLoad({ env: { CONCAVE_TOKEN: token } }).config.token).toBe(token);
  expect(mustLoad(fromFile).config).toMatchObject({ token, tokenFile: '/here/token' });
  expect(mustLoad({ ...fromFile, mode: 0o400 }).config.token).toBe(token);
});

test.each([0o640, 0o604, 0o610, 0o644, 0o666])('N10: a token file of mode %o is refused', (mode) => {
  expect(refusal({ ...fromFile, mode })).toMatch(/^tokenFile \(--token-file\): .* has mode 06.. .* allowed is 0600$/);
});

test.each([
  ['too short', token.slice(1)],
  ['with a space', `${token} ${token}`],
  ['not ASCII', `${token}é`],
  ['with a control character', `${token}\u0007`],
  ['of two lines', `${token}\n${token}`],
  ['empty', ''],
])('a token %s is refused and not shown', (_, wrong) => {
  for (const process of [{ env: { CONCAVE_TOKEN: wrong } }, { ...fromFile, files: { '/here/token': wrong } }]) {
    const message = refusal(process);
    expect(message).toContain('at least 22 printable ASCII characters');
    if (wrong !== '') expect(message).not.toContain(wrong);
  }
});

test('the token is refused from a flag, without being shown', () => {
  for (const argv of [['--token', token], [`--token=${token}`]]) {
    expect(refusal({ argv })).toBe(
      'the token is not taken from --token, where others could read it; use --token-file or CONCAVE_TOKEN',
    );
  }
});

test('the token is refused from two sources', () => {
  expect(refusal({ ...fromFile, env: { CONCAVE_TOKEN: token } })).toBe(
    'the token is given twice: by CONCAVE_TOKEN and by tokenFile (--token-file)',
  );
});

test('a file that cannot be read is named', () => {
  expect(refusal({ argv: ['--token-file', '/no'] })).toBe('tokenFile (--token-file): cannot read /no: ENOENT');
});

test.each(['0.0.0.0:80', '[::]:80', '10.0.0.1:80', '[::ffff:10.0.0.1]:80', 'example.org:80', '127.example.org:80'])(
  'N10: others can reach %s: only with a token',
  (address) => {
    const argv = ['--listen', address];
    const message = refusal({ argv });
    expect(message).toContain(`listen (--listen) is ${address}`);
    expect(message).toContain('CONCAVE_TOKEN or tokenFile');
    expect(mustLoad({ argv, env: { CONCAVE_TOKEN: token } }).config.token).toBe(token);
  },
);

test.each(['127.0.0.1:80', '127.8.8.8:80', '[::1]:80', '[0:0:0:0:0:0:0:1]:80', 'localhost:80'])(
  'only this machine reaches %s: no token is needed',
  (address) => {
    expect(mustLoad({ argv: ['--listen', address] }).config.token).toBeUndefined();
  },
);

test('an address for others without a name for it is noted', () => {
  const env = { CONCAVE_TOKEN: token, CONCAVE_LISTEN: '0.0.0.0:80' };
  expect(mustLoad({ env }).notes).toEqual([expect.stringContaining('hosts is empty')]);
  expect(mustLoad({ env: { ...env, CONCAVE_HOSTS: 'a.example' } }).notes).toEqual([]);
});
