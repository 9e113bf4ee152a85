import { runService } from "#services-demo/chassis/service.ts";
import { serviceSettings, settingsOrExit } from "#services-demo/chassis/settings.ts";
import { startOrExit } from "#services-demo/chassis/stop-signal.ts";
import { routes } from "./routes.ts";
import { subscriptions } from "./subscriptions.ts";

startOrExit("shipping", () =>
  runService({
    name: "shipping",
    settings: settingsOrExit(serviceSettings),
    migrations: new URL("./migrations/", import.meta.url),
    topics: ["payments.events", "shipping.events", "shipping.commands", "orchestrator.replies"],
    routes,
    subscriptions,
  }),
);
