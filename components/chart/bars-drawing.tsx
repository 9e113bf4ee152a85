"use client";

import { useId } from "react";
import { Bar, BarChart, type BarShapeProps, XAxis, YAxis } from "recharts";

/** One bucket: a count by series key. */
export type BarRow = { readonly unfinished: boolean } & { readonly counts: readonly number[] };

/** The stacked bars alone, first colour lowest; what is unfinished is hatched. */
export function BarsDrawing({
  rows,
  colours,
  top,
}: {
  rows: readonly BarRow[];
  colours: readonly string[];
  top: number;
}) {
  const id = useId();
  return (
    <BarChart
      responsive
      data={[...rows]}
      margin={{ top: 0, right: 0, bottom: 0, left: 0 }}
      barCategoryGap={0}
      accessibilityLayer={false}
      style={{ position: "absolute", inset: 0, width: "100%", height: "100%" }}
    >
      <defs>
        {colours.map((colour, index) => (
          <pattern
            key={colour}
            id={`${id}-${index}`}
            width="4"
            height="4"
            patternUnits="userSpaceOnUse"
            patternTransform="rotate(45)"
          >
            <rect width="2" height="4" style={{ fill: colour }} />
          </pattern>
        ))}
      </defs>
      <XAxis hide />
      <YAxis hide domain={[0, top]} allowDataOverflow />
      {colours.map((colour, index) => (
        <Bar
          key={colour}
          dataKey={(row: BarRow) => row.counts[index] ?? 0}
          stackId="all"
          isAnimationActive={false}
          shape={(props: BarShapeProps) => <Block {...props} colour={colour} hatch={`url(#${id}-${index})`} />}
        />
      ))}
    </BarChart>
  );
}

/** A block of a stack: a hairline of ground above it, and never too thin to be seen. */
function Block({ x, y, width, height, payload, colour, hatch }: BarShapeProps & { colour: string; hatch: string }) {
  const [left, over, wide, high] = [x, y, width, height].map(Number) as [number, number, number, number];
  if (!(high > 0)) return null;
  const shown = Math.max(2, high - 1);
  return (
    <rect
      x={left}
      y={over + high - shown}
      width={Math.max(1, wide > 3 ? wide - 1 : wide - 0.5)}
      height={shown}
      style={{ fill: (payload as BarRow).unfinished ? hatch : colour }}
    />
  );
}
