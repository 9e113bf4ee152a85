import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { z } from "zod";
import { SagaId } from "#contracts/ids.ts";
import { sql, string, strings } from "#lib/sql.ts";
import { businessLabels } from "#sagas/business-labels.ts";
import { labelsOf } from "#sagas/summary.ts";
import { createAsker } from "#store/clickhouse/ask.ts";
import { createOwnDatabase, type OwnDatabase } from "#store/clickhouse/own-database.ts";
import { businessKey } from "./business-key.ts";

let database: OwnDatabase;
before(async () => {
  database = await createOwnDatabase(process.env.SAGASCOPE_ENDPOINTS);
});
after(() => database?.drop());

for (const { name, id = "s", pairs, key } of [
  { name: "none without labels", pairs: [], key: "" },
  { name: "what is asked for first", pairs: ["amount=9 EUR", "sku=a", "customerId=c-1", "orderId=7"], key: "7" },
  { name: "of one key's values the greatest", pairs: ["orderId=a", "orderId=c", "orderId=b"], key: "c" },
  { name: "no bare number before a text", pairs: ["a=-3.5", "sku=mug"], key: "mug" },
  { name: "a number where a key's greatest value is a text", pairs: ["a=3", "a=b", "z=c"], key: "b" },
  { name: "the first key of several", pairs: ["z=1 EUR", "b=2 EUR", "B=3 EUR"], key: "3 EUR" },
  { name: "not what the id ends with", id: "order-7f", pairs: ["orderId=7f", "sku=a"], key: "a" },
  { name: "not the id", id: "7f", pairs: ["orderId=7f"], key: "" },
  { name: "what the id only happens to end with", id: "order-7f", pairs: ["orderId=f"], key: "f" },
  { name: "not what lists leave out", pairs: ["demo=yes", "x=y"], key: "y" },
  { name: "a value with an equals sign", pairs: ["note=a=b"], key: "a=b" },
  { name: "an empty value", pairs: ["orderId="], key: "" },
]) {
  test(`the business key is ${name}`, async () => {
    const [row] = await createAsker(database.client).ask(
      sql`SELECT ${businessKey} AS key FROM (SELECT ${strings(pairs)} AS labels, ${string(id)} AS saga_id)`,
      z.object({ key: z.string() }),
    );
    assert.equal(row?.key, key);
    assert.equal(businessLabels({ id: SagaId.parse(id), labels: labelsOf(pairs) })[0]?.[1] ?? "", key);
  });
}
