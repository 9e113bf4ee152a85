import { benchBacklog } from "./backlog.ts";
import { benchIngest } from "./ingest.ts";
import { benchIngestLatency } from "./ingest-latency.ts";
import { benchOtlp } from "./otlp.ts";
import { benchRebalance } from "./rebalance.ts";
import { benchRoad } from "./road.ts";
import { benchSize } from "./size.ts";
import { benchSoak } from "./soak.ts";
import { benchStore } from "./store/bench-store.ts";

const benches = {
  road: benchRoad,
  ingest: benchIngest,
  "ingest-latency": benchIngestLatency,
  rebalance: benchRebalance,
  size: benchSize,
  soak: benchSoak,
  backlog: benchBacklog,
  otlp: benchOtlp,
  store: benchStore,
} as const;

const [name = "", ...flags] = process.argv.slice(2);
if (!(name in benches)) {
  console.error(`Which benchmark? npm run bench -- ${Object.keys(benches).join(" | ")}`);
  process.exit(2);
}
await benches[name as keyof typeof benches](flags);
