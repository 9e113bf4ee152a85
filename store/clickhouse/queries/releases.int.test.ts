import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { rowsOf } from "#sagas/history-cases.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { baselineDurations } from "./baseline-durations.ts";
import { canaryFirstSeen } from "./canary-first-seen.ts";
import { type MadeSaga, storeHistory } from "./made-history.ts";
import { byQuantile } from "./made-sagas.ts";
import { releaseMinutes, settledUntil } from "./release-minutes.ts";
import { releaseVersions } from "./release-versions.ts";
import { refuseAbove } from "./saga-budget.ts";

const nowMs = Date.UTC(2026, 5, 2, 12);
const minuteMs = 60_000;
const sinceMs = nowMs - 60 * minuteMs;
const day = { fromMs: nowMs - 24 * 3_600_000, toMs: nowMs };

type Version = "v1" | "v2" | "both";
interface Release {
  readonly saga: MadeSaga;
  readonly version: Version;
  readonly startedMs: number;
  readonly end: "completed" | "failed" | "compensated" | "open";
  readonly tookMs: number;
}

function release(index: number, startedMs: number, version: Version): Release {
  const end = index % 10 === 0 ? "failed" : index % 7 === 0 ? "compensated" : index % 13 === 0 ? "open" : "completed";
  const tookMs = 1000 + (index % 50) * 100;
  const id = `release-${index}`;
  const events = rowsOf(
    {
      events: [
        { type: "started", atMs: 0 },
        { type: "step.completed", step: "pay", atMs: 200 },
        { type: "step.completed", step: "ship", atMs: 300 },
        ...(end === "open" ? [] : [{ type: end, atMs: tookMs }]),
      ],
    },
    { id, baseMs: startedMs },
  ).map((event) => ({ ...event, serviceVersion: "" }));
  const versions = version === "both" ? ["v1", "v2"] : [version, version];
  const [pay, ship] = [1, 2].map((place) => events[place]);
  if (pay) Object.assign(pay, { source: "/services/payments", serviceVersion: versions[0] });
  if (ship) Object.assign(ship, { source: "/services/payments", serviceVersion: versions[1] });
  const startedAt = new Date(startedMs).toISOString();
  const saga = { id, type: "order", version: "3", subject: "", startedAt, events };
  return { saga, version, startedMs, end, tookMs };
}

// Of the day before only v1, one a minute; since then both, and some that met both.
const releases = [
  ...Array.from({ length: 600 }, (_, index) => release(index, sinceMs - (index + 0.5) * minuteMs, "v1")),
  ...Array.from({ length: 360 }, (_, index) => {
    const version = index % 20 === 19 ? "both" : index % 3 === 0 ? "v2" : "v1";
    return release(600 + index, sinceMs + index * 10_000, version);
  }),
];
const pair = { type: "order", service: "payments", baseline: "v1", canary: "v2" };

let database: OwnDatabase;
const asker = () => createAsker(database.client);

before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
  await storeHistory(
    database.client,
    releases.map(({ saga }) => saga),
  );
});
after(() => database?.drop());

const of = (version: Version) => releases.filter((one) => one.version === version);

test("every version of a service and of the definition, apart from those that met two", async () => {
  const rows = await releaseVersions(asker(), { window: day, type: undefined, service: undefined }, 100);
  const told = rows.map(({ service, version, sagas, mixed, failed, compensated, ended }) =>
    [service, version, sagas, mixed, failed, compensated, ended].join(" "),
  );
  const line = (service: string | null, version: string, own: readonly Release[], mixed: number) => {
    const count = (...ends: Release["end"][]) => own.filter(({ end }) => ends.includes(end)).length;
    const ended = own.length - count("open");
    return [service, version, own.length, mixed, count("failed"), count("compensated"), ended].join(" ");
  };
  const mixed = of("both").length;
  assert.deepEqual(
    told.sort(),
    [
      line(null, "3", releases, 0),
      line("payments", "v1", of("v1"), mixed),
      line("payments", "v2", of("v2"), mixed),
    ].sort(),
  );
  const v2 = rows.find(({ version }) => version === "v2");
  const durations = of("v2").flatMap(({ end, tookMs }) => (end === "open" ? [] : [tookMs]));
  assert.deepEqual(
    v2?.percentiles,
    [0.5, 0.95, 0.99].map((level) => byQuantile(durations, level)),
  );
  const own = await releaseVersions(asker(), { window: day, type: "order", service: "/services/payments" }, 100);
  assert.deepEqual(
    own.map(({ version }) => version),
    ["v2", "v1"],
  );
});

test("the canary began with its first saga", async () => {
  assert.equal(await canaryFirstSeen(asker(), pair, day), new Date(sinceMs).toISOString());
  assert.equal(await canaryFirstSeen(asker(), { ...pair, canary: "v9" }, day), undefined);
});

test("every other minute before tells what is usual, and the others are compared with", async () => {
  const before = await baselineDurations(asker(), pair, { fromMs: sinceMs - 24 * 3_600_000, toMs: sinceMs });
  const usual = releases.filter(({ startedMs }, index) => startedMs < sinceMs && index % 2 === 0);
  const durations = usual.flatMap(({ end, tookMs }) => (end === "open" ? [] : [tookMs]));
  assert.equal(before.ended, durations.length);
  assert.deepEqual(
    before.percentilesMs,
    [0.5, 0.75, 0.9, 0.95, 0.99].map((level) => byQuantile(durations, level)),
  );
  const span = { sinceMs, nowMs, settleMs: 4000, durationsMs: [2000, 4000] };
  const minutes = await releaseMinutes(asker(), pair, { ...span, part: "before" });
  const odd = releases.filter(({ startedMs }, index) => startedMs < sinceMs && index % 2 === 1);
  assert.equal(minutes.length, odd.length);
  assert.ok(minutes.every(({ minute, side }) => minute < 0 && side === "baseline"));
});

test("each minute's outcomes, by the same age of all", async () => {
  const settleMs = 4000;
  // Of the last minute some are too young, so all of it waits.
  const settledMs = nowMs - minuteMs;
  const span = { sinceMs, nowMs, settleMs, durationsMs: [2000, 4000] };
  const minutes = await releaseMinutes(asker(), pair, { ...span, part: "since" });
  for (const side of ["baseline", "canary"] as const) {
    const version = side === "baseline" ? "v1" : "v2";
    const own = of(version).filter(({ startedMs }) => startedMs >= sinceMs && startedMs < settledMs);
    const sum = (of: (one: (typeof minutes)[number]) => number) =>
      minutes.filter((one) => one.side === side && one.minute >= 0).reduce((all, one) => all + of(one), 0);
    const inTime = own.filter(({ end, tookMs }) => end !== "open" && tookMs <= settleMs);
    const slower = (mostMs: number) => own.filter(({ end, tookMs }) => end === "open" || tookMs > mostMs).length;
    assert.deepEqual(
      [sum(({ sagas }) => sagas), sum(({ failed }) => failed), sum(({ compensated }) => compensated)],
      [
        own.length,
        inTime.filter(({ end }) => end === "failed").length,
        inTime.filter(({ end }) => end === "compensated").length,
      ],
    );
    assert.deepEqual(
      [sum((one) => one.slower[0] ?? 0), sum((one) => one.slower[1] ?? 0)],
      [slower(2000), slower(4000)],
    );
  }
  const count = (side: string) => minutes.filter((one) => one.side === side).reduce((all, one) => all + one.sagas, 0);
  assert.equal(count("mixed"), of("both").length);
  const young = releases.filter(({ version, startedMs }) => version !== "both" && startedMs >= settledMs);
  assert.equal(count("unsettled"), young.length);
});

test("what would read too much is refused with how far to narrow it", async () => {
  assert.ok((await refuseAbove(asker(), day, { most: 100_000, what: "this" })) >= releases.length);
  await assert.rejects(refuseAbove(asker(), day, { most: 100, what: "this" }), {
    code: "TOO_LARGE",
    message: /reads at most 100\. Narrow the time to about \d+m\.$/,
  });
});

for (const [elapsedMs, wholeMinutes] of [
  [-1, -1],
  [0, 0],
  [59_999, 0],
  [60_000, 1],
  [1440 * minuteMs - 1, 1439],
  [1440 * minuteMs, 1440],
  [1451 * minuteMs, 1450],
] as const) {
  test(`${elapsedMs} ms after the beginning ${wholeMinutes} minutes are whole`, () =>
    assert.equal(
      settledUntil({ sinceMs, nowMs: sinceMs + elapsedMs + 5000, settleMs: 5000 }),
      sinceMs + wholeMinutes * minuteMs,
    ));
}
