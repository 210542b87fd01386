import { describe, expect, test } from 'vitest';
import { mayUse } from '../../support/can-run.ts';
import { HttpClient } from '../../support/http-client.ts';
import { ServerProcess } from '../../support/server-process.ts';
import { TEST_MS_MAX } from './support/inspector-page.ts';
import { visiting } from './support/visitor.ts';

const TOKEN = 'open-sesame-0123456789abcdefghijk';

describe.skipIf(!mayUse('chromium'))('what the page of the inspector lets out', { timeout: TEST_MS_MAX }, () => {
  const visitor = visiting();

  test('a server with a token asks for it, and hidden keys and values never leave it', async () => {
    await using server = await ServerProcess.start({
      args: ['--inspect', '--inspector-keys', 'hidden'],
      env: { CONCAVE_TOKEN: TOKEN },
    });
    using client = new HttpClient(server.url, { authorization: `Bearer ${TOKEN}` });
    const inspector = await visitor.open(server.url);
    const { page } = inspector;
    const dialog = page.getByRole('dialog', { name: 'This server wants a token' });
    await dialog.getByLabel('Token').fill('wrong');
    await dialog.getByRole('button', { name: 'Connect' }).click();
    const refused = page.getByRole('dialog', { name: 'That token was refused' });
    await inspector.see(refused, /token/);
    await refused.getByRole('button', { name: 'Not now' }).click();
    await inspector.seeStatus('disconnected: the token was refused');
    expect(inspector.heard.map((message) => JSON.parse(message).code)).toEqual(['UNAUTHORIZED', 'UNAUTHORIZED']);

    await page.getByRole('button', { name: 'Connect now' }).click();
    await dialog.getByLabel('Token').fill(TOKEN);
    await inspector.press('Enter');
    await inspector.seeStatus('live');
    await inspector.seeStatus('keys and values hidden');
    await client.put([{ key: 'apples-in-secret', value: 'worth-a-fortune', version: 0 }]);
    await client.put([{ key: 'apples-in-secret', value: 'worth-a-penny', version: 0 }]);
    await inspector.openPut(inspector.row(/^stale, key#[0-9a-f]{8}, /));
    await inspector.see(inspector.detail, /Refused: key#[0-9a-f]{8} was expected not to exist/);
    expect(await inspector.detail.getByRole('columnheader', { name: 'Value' }).count()).toBe(0);
    for (const told of [await page.content(), ...inspector.heard])
      expect(told).not.toMatch(/apples-in-secret|worth-a-/);

    // The token is in no URL and in no lasting store: another tab is asked again.
    expect(inspector.urls.filter((url) => url.includes(TOKEN))).toEqual([]);
    expect(await page.evaluate('location.href + JSON.stringify(localStorage) + document.cookie')).not.toContain(TOKEN);
    const other = await visitor.open(server.url);
    await other.page.getByRole('dialog', { name: 'This server wants a token' }).waitFor();
  });

  test('values are shown where the setting says so, and keys that look like markup are the text that they are', async () => {
    await using server = await ServerProcess.start({ args: ['--inspect', '--inspector-values', 'shown'] });
    using client = new HttpClient(server.url);
    const inspector = await visitor.open(server.url);
    await inspector.seeStatus('live');
    const markup = '</script><img src=x onerror=alert(1)>';
    await client.put([{ key: markup, value: `worth ${markup}`, version: 0 }]);
    await client.put([{ key: markup, value: 1, version: 0 }]);
    await inspector.see(inspector.explanation, `${markup} most of all`);
    await inspector.see(inspector.page.getByRole('region', { name: 'Hot keys' }), markup);
    await inspector.openPut(inspector.row(/^stale, /).filter({ hasText: markup }));
    await inspector.see(inspector.detail, `Refused: ${markup} was expected not to exist`);
    await inspector.press('Escape');
    await inspector.openPut(inspector.row(/^committed, /).filter({ hasText: markup }));
    await inspector.detail.getByRole('columnheader', { name: 'Value' }).waitFor();
    await inspector.detail.getByText(`"worth ${markup}"`).waitFor();
    // A key whose end is turned around, or that is not to be seen, cannot pass for another.
    await client.put([{ key: 'apples\u202egnp.\u200b', value: 1, version: 0 }]);
    await inspector.goBack();
    await inspector.row(/^committed, apples\\u\{202e\}gnp\.\\u\{200b\}, /).waitFor();
    expect(await inspector.page.locator('img').count()).toBe(0);
  });
});
