import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { endpoints } from "./stack.ts";

const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export interface OpenBrowser {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What the pages have complained of so far: console errors, uncaught exceptions, answers ≥ 400. */
  readonly complaints: readonly string[];
  close(): Promise<void>;
}

/** Opens Chromium, logged in by the log-in link, as an operator would be. */
export async function openBrowser({ width = 1440, height = 900 } = {}): Promise<OpenBrowser> {
  const profile = mkdtempSync(join(tmpdir(), "sagascope-chromium-"));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
    args: flags,
    viewport: { width, height },
  });
  const complaints: string[] = [];
  const page = context.pages()[0] ?? (await context.newPage());
  page.on("console", (message) => {
    // A failed load is told below, with its address.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource"))
      complaints.push(`console: ${message.text()}`);
  });
  page.on("pageerror", (error) => complaints.push(`uncaught: ${error.message}`));
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  const { web, token } = endpoints();
  await page.goto(`${web}/login?token=${token}`);
  return {
    context,
    page,
    complaints,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}
