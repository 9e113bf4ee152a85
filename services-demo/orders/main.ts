import { runService } from "#services-demo/chassis/service.ts";
import { settingsOrExit } from "#services-demo/chassis/settings.ts";
import { startOrExit } from "#services-demo/chassis/stop-signal.ts";
import { routes } from "./routes.ts";
import { ordersSettings } from "./settings.ts";
import { subscriptions } from "./subscriptions.ts";

startOrExit("orders", () => {
  const settings = settingsOrExit(ordersSettings);
  return runService({
    name: "orders",
    settings,
    migrations: new URL("./migrations/", import.meta.url),
    topics: [
      "orders.events",
      "shipping.events",
      "inventory.events",
      "payments.events",
      "orders.commands",
      "orchestrator.commands",
      "orchestrator.replies",
    ],
    routes: routes(settings),
    subscriptions,
  });
});
