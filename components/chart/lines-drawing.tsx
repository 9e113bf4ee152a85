"use client";

import { Line, LineChart, XAxis, YAxis } from "recharts";

/** One bucket: where its middle is in the plot (0..1), and a value by line or null for a gap. */
export interface LineRow {
  readonly middle: number;
  readonly values: readonly (number | null)[];
}

/** The lines alone. Gaps stay gaps; a point without neighbours is a dot. */
export function LinesDrawing({
  rows,
  colours,
  top,
}: {
  rows: readonly LineRow[];
  colours: readonly string[];
  top: number;
}) {
  return (
    <LineChart
      responsive
      data={[...rows]}
      margin={{ top: 0, right: 0, bottom: 0, left: 0 }}
      accessibilityLayer={false}
      style={{ position: "absolute", inset: 0, width: "100%", height: "100%" }}
    >
      <XAxis hide type="number" dataKey="middle" domain={[0, 1]} allowDataOverflow />
      <YAxis hide domain={[0, top]} allowDataOverflow />
      {colours.map((colour, index) => (
        <Line
          key={colour}
          dataKey={(row: LineRow) => row.values[index] ?? null}
          type="linear"
          connectNulls={false}
          isAnimationActive={false}
          activeDot={false}
          strokeWidth={1.5}
          style={{ stroke: colour }}
          dot={({ key, cx, cy, index: at }) => (
            <Alone key={key} cx={cx} cy={cy} colour={colour} alone={isAlone(rows, at, index)} />
          )}
        />
      ))}
    </LineChart>
  );
}

function Alone({
  cx,
  cy,
  colour,
  alone,
}: Partial<Record<"cx" | "cy", number | null | undefined>> & { colour: string; alone: boolean }) {
  if (!alone || cx == null || cy == null) return <g />;
  return <circle cx={cx} cy={cy} r={2} style={{ fill: colour, stroke: "none" }} />;
}

function isAlone(rows: readonly LineRow[], at: number, line: number): boolean {
  const has = (index: number) => (rows[index]?.values[line] ?? null) !== null;
  return has(at) && !has(at - 1) && !has(at + 1);
}
