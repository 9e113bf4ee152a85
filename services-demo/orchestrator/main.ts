import type { FastifyInstance } from "fastify";
import { z } from "zod";
import { Text } from "#contracts/ids.ts";
import { pause } from "#sdk/backoff.ts";
import { parsed } from "#services-demo/chassis/parsed.ts";
import { runService, type ServicePorts } from "#services-demo/chassis/service.ts";
import { serviceSettings, settingsOrExit } from "#services-demo/chassis/settings.ts";
import { startOrExit } from "#services-demo/chassis/stop-signal.ts";
import { beginSaga, takeReply, takeTimeout } from "./coordinate.ts";

const timeoutsEveryMs = 500;

startOrExit("orchestrator", () =>
  runService({
    name: "orchestrator",
    settings: settingsOrExit(serviceSettings),
    migrations: new URL("./migrations/", import.meta.url),
    topics: [
      "orchestrator.commands",
      "orchestrator.replies",
      "inventory.commands",
      "payments.commands",
      "shipping.commands",
      "orders.commands",
    ],
    routes,
    subscriptions: (ports) => ({
      "orchestrator.commands": { FulfilOrder: ({ order }, delivery) => beginSaga(order, delivery, ports) },
      "orchestrator.replies": {
        StepReply: ({ step: name, outcome, error }, delivery) =>
          takeReply({ kind: "reply", name, outcome, error }, delivery, ports),
      },
    }),
    background: watchTimeouts,
  }),
);

async function watchTimeouts(ports: ServicePorts): Promise<void> {
  while (!ports.signal.aborted) {
    try {
      while (!ports.signal.aborted && (await takeTimeout(ports)));
    } catch (error) {
      ports.log.warn({ error: String(error) }, "Time-outs could not be looked for");
    }
    await pause(timeoutsEveryMs, ports.signal);
  }
}

/** Where a saga stands: `GET /sagas/:sagaId`. */
function routes(app: FastifyInstance, { database }: ServicePorts): void {
  app.get("/sagas/:sagaId", async (request, reply) => {
    const { sagaId } = parsed(z.object({ sagaId: Text.min(1).max(256) }), request.params);
    const [saga] = await database.query(
      "SELECT sagas",
      `SELECT saga_id AS "sagaId", state, due_at AS "dueAt", updated_at AS "updatedAt" FROM sagas WHERE saga_id = $1`,
      [sagaId],
    );
    return saga ?? reply.code(404).send({ error: `Saga not found: ${sagaId}` });
  });
}
