"use client";

import dynamic from "next/dynamic";
import { useClock } from "#components/clock.tsx";
import type { Zone } from "#components/format.ts";
import { Icon } from "#components/icon.tsx";
import { Popover } from "#components/popover.tsx";
import { rangeLabel, readRange } from "#components/time/range.ts";
import { useUrl } from "#components/url/use-url.ts";
import bar from "./bar.module.css";
import styles from "./range-menu.module.css";

const RangeForm = dynamic(async () => (await import("./range-form.tsx")).RangeForm, { ssr: false });

/** The time that the page shows, and its zone: presets, from–to, earlier and later, and a link that stays true tomorrow. */
export function RangeMenu() {
  const url = useUrl();
  const { nowMs, zone } = useClock();
  const range = readRange(url.params);
  const label = rangeLabel(range, zone, { nowMs });
  const zoneName = zone === "utc" ? "UTC" : zoneLabel(zone);
  return (
    <Popover
      label={`Time range: ${label}, ${zoneName}`}
      align="end"
      className={`${bar.tool} ${bar.framed}`}
      button={
        <>
          <span className={styles.label}>{label}</span>
          <span className={`faint ${styles.zone}`}>{zoneName}</span>
          <Icon name="down" />
        </>
      }
    >
      {(close) => <RangeForm range={range} zone={zone} onClose={close} />}
    </Popover>
  );
}

/** `Berlin` of `Europe/Berlin`. */
const zoneLabel = (zone: Zone) => zone.split("/").at(-1)?.replaceAll("_", " ") ?? zone;
