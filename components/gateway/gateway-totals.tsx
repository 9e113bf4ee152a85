"use client";

import { useClock } from "#components/clock.tsx";
import { formatDuration, formatShare } from "#components/format.ts";
import { Count } from "#components/mark/count.tsx";
import { Total, Totals } from "#components/totals.tsx";
import type { Gateway } from "#contracts/api/gateway.ts";

/** The gateway in six numbers. */
export function GatewayTotals({ gateway: { total, from, to } }: { gateway: Gateway }) {
  const { nowMs } = useClock();
  const { requests, clientErrors, serverErrors } = total;
  const seconds = (Math.min(Date.parse(to), nowMs) - Date.parse(from)) / 1000;
  const share = (count: number) => (requests === 0 ? "–" : formatShare(count / requests));
  return (
    <Totals columns={6}>
      <Total name="requests" value={<Count count={requests} />} note={rate(requests / seconds)} />
      <Total
        name="client errors"
        value={share(clientErrors)}
        note={`${clientErrors.toLocaleString("en-US")} with 4xx`}
      />
      <Total
        name="server errors"
        value={share(serverErrors)}
        note={`${serverErrors.toLocaleString("en-US")} with 5xx`}
        loud={serverErrors >= requests * loudShare && serverErrors > 0}
      />
      <Total name="p50" value={duration(total.p50Ms)} note="half are faster" />
      <Total name="p95" value={duration(total.p95Ms)} note="1 in 20 is slower" />
      <Total name="p99" value={duration(total.p99Ms)} note="1 in 100 is slower" />
    </Totals>
  );
}

const duration = (ms: number | null) => (ms === null ? "–" : formatDuration(ms));
const rate = (perSecond: number) =>
  perSecond >= 1 ? `${twoDigits(perSecond)} per second` : `${twoDigits(perSecond * 60)} per minute`;
const twoDigits = (value: number) => Number(value.toPrecision(2)).toLocaleString("en-US");

/** From this share of server errors on, the number itself is trouble. */
const loudShare = 0.005;
