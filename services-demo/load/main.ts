import { type Kafka, Partitioners } from "kafkajs";
import { Counter, collectDefaultMetrics, Registry } from "prom-client";
import type { z } from "zod";
import { backoffMs, pause } from "#sdk/backoff.ts";
import { createHttpApp } from "#services-demo/chassis/http-app.ts";
import { createLogger, type Logger } from "#services-demo/chassis/log.ts";
import { connectKafka } from "#services-demo/chassis/messaging.ts";
import { settingsOrExit } from "#services-demo/chassis/settings.ts";
import { onStopSignal, startOrExit } from "#services-demo/chassis/stop-signal.ts";
import { startTelemetry } from "#services-demo/chassis/telemetry.ts";
import type { OrderRequest } from "#services-demo/domain/order.ts";
import { isHistorySent, markHistorySent } from "./history-mark.ts";
import { placeOrders } from "./live-orders.ts";
import { createOtlpPost } from "./post-otlp.ts";
import { sendHistory } from "./send-history.ts";
import { loadSettings } from "./settings.ts";

type Settings = z.infer<typeof loadSettings>;

startOrExit("load", async () => {
  const settings = settingsOrExit(loadSettings);
  const telemetry = startTelemetry("load", settings);
  const log = createLogger("load", settings.LOG_LEVEL);
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const stopping = new AbortController();
  const app = createHttpApp({ log, registry, notReady: () => undefined });
  const work: Promise<void>[] = [];
  onStopSignal(log, async () => {
    stopping.abort();
    await Promise.allSettled([app.close(), ...work]);
    await telemetry.stop(1000);
  });
  await app.listen({ host: settings.HOST, port: settings.PORT });

  const kafka = connectKafka("load", settings, log);
  work.push(
    sendHistoryOnce(settings, { kafka, log, signal: stopping.signal }),
    placeOrders(
      { rate: settings.DEMO_RATE, seed: settings.DEMO_SEED },
      { log, place: createPlace(settings.GATEWAY_URL, registry) },
      stopping.signal,
    ),
  );
});

async function sendHistoryOnce(
  { DEMO_HISTORY: count, DEMO_SEED: seed, OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }: Settings,
  { kafka, log, signal }: { kafka: Kafka; log: Logger; signal: AbortSignal },
): Promise<void> {
  for (let attempt = 1; count > 0 && endpoint && !signal.aborted; attempt++) {
    const admin = kafka.admin({ retry: { retries: 2 } });
    const producer = kafka.producer({
      allowAutoTopicCreation: false,
      createPartitioner: Partitioners.DefaultPartitioner,
    });
    try {
      await Promise.all([admin.connect(), producer.connect()]);
      if (await isHistorySent(admin)) return;
      const startedMs = performance.now();
      const endMs = Date.now() - 60_000;
      await sendHistory({ count, seed, endMs }, { producer, postOtlp: createOtlpPost(endpoint, signal) });
      await markHistorySent(producer, { count, seed, endMs });
      log.info({ sagas: count, tookMs: Math.round(performance.now() - startedMs) }, "Sent the past day");
      return;
    } catch (error) {
      log.warn({ err: error, attempt }, "The past day could not be sent; trying again");
      await pause(backoffMs(attempt, { firstMs: 500, mostMs: 10_000 }), signal);
    } finally {
      await Promise.allSettled([admin.disconnect(), producer.disconnect()]);
    }
  }
}

function createPlace(gatewayUrl: string, registry: Registry): (order: OrderRequest) => Promise<void> {
  const placed = new Counter({
    name: "demo_orders_placed_total",
    help: "Orders that the gateway answered, by status.",
    labelNames: ["status"],
    registers: [registry],
  });
  return async (order) => {
    const answer = await fetch(`${gatewayUrl.replace(/\/+$/, "")}/orders/orders`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(order),
      signal: AbortSignal.timeout(10_000),
    });
    placed.inc({ status: String(answer.status) });
    const said = await answer.text();
    if (!answer.ok) throw new Error(`The gateway answered ${answer.status}: ${said.slice(0, 200)}`);
  };
}
