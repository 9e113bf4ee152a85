import { runService } from "#services-demo/chassis/service.ts";
import { serviceSettings, settingsOrExit } from "#services-demo/chassis/settings.ts";
import { startOrExit } from "#services-demo/chassis/stop-signal.ts";
import { restock } from "./restock.ts";
import { routes } from "./routes.ts";
import { subscriptions } from "./subscriptions.ts";

startOrExit("inventory", () =>
  runService({
    name: "inventory",
    settings: settingsOrExit(serviceSettings),
    migrations: new URL("./migrations/", import.meta.url),
    topics: ["orders.events", "payments.events", "inventory.events", "inventory.commands", "orchestrator.replies"],
    routes,
    subscriptions,
    background: restock,
  }),
);
