import { runService } from "#services-demo/chassis/service.ts";
import { serviceSettings, settingsOrExit } from "#services-demo/chassis/settings.ts";
import { startOrExit } from "#services-demo/chassis/stop-signal.ts";
import { routes } from "./routes.ts";
import { subscriptions } from "./subscriptions.ts";

startOrExit("payments", () =>
  runService({
    name: "payments",
    settings: settingsOrExit(serviceSettings),
    migrations: new URL("./migrations/", import.meta.url),
    topics: ["inventory.events", "shipping.events", "payments.events", "payments.commands", "orchestrator.replies"],
    routes,
    subscriptions,
  }),
);
