import { join } from "node:path";
import type { Addresses } from "./addresses.ts";
import type { DataFolder } from "./data-folder.ts";
import type { PartName } from "./parts.ts";
import type { Ports } from "./ports.ts";
import type { Screen } from "./screen.ts";
import type { LauncherSettings } from "./settings.ts";

/** Where a stack is put up: everything that a part's preparation may ask for. */
export interface Site {
  readonly folder: DataFolder;
  readonly settings: LauncherSettings;
  readonly ports: Ports;
  readonly addresses: Addresses;
  /** The parts to start here. */
  readonly selected: readonly PartName[];
  /** The backing parts that stand elsewhere. */
  readonly external: ReadonlySet<PartName>;
  readonly screen: Screen;
  readonly inherited: Readonly<Record<string, string | undefined>>;
}

/** The root of the repository. */
export const root: string = join(import.meta.dirname, "..");

/** What is fetched or built once and serves every data folder. */
export const sharedCache: string = join(root, ".cache");
