import type { RetentionChange } from "./clickhouse/retention.ts";
import { describeRetentionChange } from "./describe-retention-change.ts";
import type { MigrationPlan } from "./migrate.ts";
import { splitStatements } from "./split-statements.ts";

/** A plan as SQL, statement by statement, each file under its name. */
export function describePlan({ postgres, clickhouse, retention }: MigrationPlan): string {
  const parts = [
    ...postgres.map(({ name, text }) => block(`PostgreSQL: ${name}, in one transaction`, splitStatements(text))),
    ...clickhouse.map(({ name, statements, done }) => {
      const from = done === undefined ? "" : `, from statement ${done + 1} on`;
      return block(`ClickHouse: ${name}${from}`, statements.slice(done ?? 0).flat());
    }),
    ...(retention.length > 0
      ? [["-- ClickHouse: how long tables keep their rows", ...retention.map(changed)].join("\n")]
      : []),
  ];
  return parts.length === 0 ? "Nothing to do: both databases are up to date." : parts.join("\n\n");
}

function block(title: string, statements: readonly string[]): string {
  return [`-- ${title}`, ...statements.map((statement) => `${statement};`)].join("\n");
}

const changed = (change: RetentionChange): string => block(describeRetentionChange(change), change.statements);
