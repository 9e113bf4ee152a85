import type { Cost } from "#contracts/api/answer.ts";
import { formatDuration } from "./format.ts";
import { Count } from "./mark/count.tsx";

/** What an answer cost, quietly, for a panel's aside. */
export function CostNote({ cost }: { cost: Pick<Cost, "rowsRead" | "tookMs"> | undefined }) {
  if (!cost) return null;
  return (
    <span className="faint" title="rows that the store read for this, and the time it took">
      <Count count={cost.rowsRead} /> rows · {formatDuration(cost.tookMs)}
    </span>
  );
}
