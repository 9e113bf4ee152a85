import "./globals.css";
import type { Metadata, Viewport } from "next";
import { cookies } from "next/headers";
import type { ReactNode } from "react";
import { Providers } from "./providers.tsx";
import { Shell } from "./shell.tsx";

export const metadata: Metadata = {
  title: { default: "Sagascope", template: "%s · Sagascope" },
  description: "What your sagas are doing, what was undone and what was left half done.",
};
export const viewport: Viewport = { width: "device-width", initialScale: 1, colorScheme: "light dark" };

export default async function RootLayout({ children }: { children: ReactNode }) {
  const given = await cookies();
  const theme = given.get("theme")?.value;
  return (
    <html lang="en" data-theme={theme === "dark" || theme === "light" ? theme : undefined}>
      <body>
        <Providers nowMs={Date.now()} browserZone={knownZone(given.get("zone")?.value)}>
          <Shell theme={theme}>{children}</Shell>
        </Providers>
      </body>
    </html>
  );
}

/** A cookie is anybody's text: only a zone that this server knows may reach the formats. */
function knownZone(zone: string | undefined): string | undefined {
  return zone !== undefined && (zone === "UTC" || Intl.supportedValuesOf("timeZone").includes(zone)) ? zone : undefined;
}
