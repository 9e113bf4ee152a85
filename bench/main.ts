import { benchIngest } from "./ingest.ts";
import { benchRoad } from "./road.ts";

const benches = { road: benchRoad, ingest: benchIngest } as const;

const [name = ""] = process.argv.slice(2);
if (!(name in benches)) {
  console.error(`Which benchmark? npm run bench -- ${Object.keys(benches).join(" | ")}`);
  process.exit(2);
}
await benches[name as keyof typeof benches]();
