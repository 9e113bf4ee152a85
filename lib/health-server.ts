import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Registry } from "prom-client";

export interface HealthServer {
  readonly port: number;
  close(): Promise<void>;
}

/** What a process says of itself. */
export interface Health {
  readonly registry: Registry;
  /** Why it cannot do its work now; undefined while it can. */
  readonly notReady: () => string | undefined;
}

/**
 * Answers `/healthz` (alive), `/readyz` (503 with the reason while `notReady()` returns one) and `/metrics`
 * (Prometheus text). False where the path is another.
 */
export async function answerHealth(
  request: IncomingMessage,
  response: ServerResponse,
  { registry, notReady }: Health,
): Promise<boolean> {
  const path = request.url?.split("?")[0];
  if (path === "/healthz") {
    response.end("ok\n");
  } else if (path === "/readyz") {
    const reason = notReady();
    response.writeHead(reason === undefined ? 200 : 503).end(`${reason ?? "ready"}\n`);
  } else if (path === "/metrics") {
    response.setHeader("content-type", registry.contentType).end(await registry.metrics());
  } else {
    return false;
  }
  return true;
}

/** Serves what `answerHealth` answers, and nothing else. `port` 0 takes a free one. */
export async function startHealthServer(
  { host, port }: { host: string; port: number },
  health: Health,
): Promise<HealthServer> {
  const server = createServer(async (request, response) => {
    if (await answerHealth(request, response, health)) return;
    response.writeHead(404).end("Not found: try /healthz, /readyz or /metrics\n");
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(port, host, resolve));
  return {
    port: (server.address() as AddressInfo).port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
