import { z } from "zod";

/** `2026-11-23 10:00:00.123` as ClickHouse writes a DateTime64 in UTC → `2026-11-23T10:00:00.123Z`. */
export const Time = z.string().transform((text) => `${text.replace(" ", "T")}Z`);

/** As `Time`, where the epoch stands for "none". */
export const TimeOrNone = z
  .string()
  .transform((text) => (text.startsWith("1970-01-01 00:00:00") ? null : `${text.replace(" ", "T")}Z`));

export const Count = z.number().int();

/** A quantile: ClickHouse writes NaN of nothing as null. */
export const MaybeNumber = z.number().nullable();
