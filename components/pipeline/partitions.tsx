"use client";

import { formatCount } from "#components/format.ts";
import { Count } from "#components/mark/count.tsx";
import { Age } from "#components/mark/time.tsx";
import { Empty } from "#components/panel.tsx";
import table from "#components/table.module.css";
import { type Column, Table } from "#components/table.tsx";
import type { PartitionBalance, PartitionProgress, Pipeline } from "#contracts/api/pipeline.ts";
import { ageWords } from "./age-words.ts";
import styles from "./pipeline.module.css";

const columns: readonly Column[] = [
  { name: "Topic and partition" },
  { name: "In / s", number: true },
  { name: "Stored / s", number: true },
  { name: "Last stored", number: true },
  { name: "Log end", number: true },
  { name: "Lag", number: true },
  { name: "Oldest waiting", number: true },
  { name: "Newest stored", number: true },
  { name: "Messages", number: true },
  { name: "Dead", number: true },
  { name: "Balance", number: true },
];

/** One row a partition: how fast it comes in, how far it is stored, and whether it adds up. */
export function Partitions({ pipeline: { partitions, balance, kafka } }: { pipeline: Pipeline }) {
  if (partitions.length === 0) {
    return (
      <Empty>
        Nothing was read from Kafka yet. See that ingest runs, and that services write saga events or send telemetry to
        the collector.
      </Empty>
    );
  }
  return (
    <>
      {!kafka.available && <p className={styles.note}>{kafka.why} Lag and what comes in are unknown.</p>}
      <Table columns={columns} className={`${styles.partitions} ${table.stack}`}>
        {partitions.map((one) => (
          <Row
            key={`${one.topic}:${one.partition}`}
            progress={one}
            balance={balance.find(({ topic, partition }) => topic === one.topic && partition === one.partition)}
          />
        ))}
      </Table>
    </>
  );
}

function Row({ progress, balance }: { progress: PartitionProgress; balance: PartitionBalance | undefined }) {
  const { topic, partition, lag, oldestWaiting, newestIngestAt } = progress;
  return (
    <tr>
      <td className={`${table.tight} ${table.line}`}>
        <code>
          {topic}
          <span className="faint">:</span>
          {partition}
        </code>
      </td>
      <Rate name="in" perSecond={progress.inPerSecond} />
      <Rate name="stored" perSecond={progress.storedPerSecond} />
      <Offset name="stored to" offset={progress.storedOffset} />
      <Offset name="of" offset={progress.endOffset} />
      <td className={`number ${(lag ?? 0) > 0 ? styles.some : ""}`}>
        <Said>lag </Said>
        {lag === null ? <None /> : <Count count={lag} />}
      </td>
      <td className={`number ${table.tight}`}>
        <Said>oldest </Said>
        {oldestWaiting === null ? <None /> : <span className={styles.some}>{ageWords(oldestWaiting)}</span>}
      </td>
      <td className={`number ${table.tight}`}>
        <Said>newest </Said>
        {newestIngestAt === null ? <None /> : <Age at={newestIngestAt} />}
      </td>
      <td className="number">
        <Said>messages </Said>
        {balance ? <Count count={balance.messages} /> : <None />}
      </td>
      <td className={`number ${(balance?.dead ?? 0) > 0 ? styles.some : ""}`}>
        <Said>dead </Said>
        {balance ? <Count count={balance.dead} /> : <None />}
      </td>
      <td className={`number ${balance && balance.balance !== 0 ? styles.wrong : ""}`}>
        <Said>balance </Said>
        {balance ? balance.balance.toLocaleString("en-US") : <None />}
      </td>
    </tr>
  );
}

function Rate({ name, perSecond }: { name: string; perSecond: number | null }) {
  return (
    <td className={`number ${table.tight}`}>
      <Said>{name} </Said>
      {perSecond === null ? <None /> : rateOf(perSecond)}
      {perSecond !== null && <Said> / s</Said>}
    </td>
  );
}

function Offset({ name, offset }: { name: string; offset: string | null }) {
  return (
    <td className={`number ${table.tight}`}>
      <Said>{name} </Said>
      {offset === null ? <None /> : <span className="mono">{offset}</span>}
    </td>
  );
}

/** What a column's head says, where a phone has none. */
function Said({ children }: { children: string | string[] }) {
  return <span className={`faint ${table.said}`}>{children}</span>;
}

const None = () => <span className={`faint ${styles.none}`}>–</span>;

const rateOf = (perSecond: number) =>
  perSecond >= 100 ? formatCount(Math.round(perSecond)) : String(Number(perSecond.toPrecision(2)));
