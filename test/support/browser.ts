/**
 * A real browser without a window. It fetches nothing by itself, keeps nothing, and ends with the process that started it:
 * it hangs on a pipe to it.
 */
import { type Browser, chromium } from 'playwright-core';
import { chromiumCommand } from './chromium-command.ts';

const LAUNCH_MS_MAX = 30_000;

/** Close it when all tests that use it are done. A profile is made for it, and removed. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumCommand(),
    headless: true,
    // Chromium refuses to sandbox what root runs; anybody else has the sandbox.
    chromiumSandbox: process.getuid?.() !== 0,
    timeout: LAUNCH_MS_MAX,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
    // Signals are the affair of whoever runs this.
    handleSIGHUP: false,
    handleSIGINT: false,
    handleSIGTERM: false,
  });
}
