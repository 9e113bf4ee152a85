import { runService } from "#services-demo/chassis/service.ts";
import { serviceSettings, settingsOrExit } from "#services-demo/chassis/settings.ts";
import { startOrExit } from "#services-demo/chassis/stop-signal.ts";
import { routes } from "./routes.ts";

startOrExit("users", () =>
  runService({
    name: "users",
    settings: settingsOrExit(serviceSettings),
    migrations: new URL("./migrations/", import.meta.url),
    routes,
  }),
);
