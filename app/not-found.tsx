import Link from "next/link";
import { Page } from "#components/page.tsx";

export default function NotFound() {
  return (
    <Page title="There is no such page" answer={{ waiting: false, problem: undefined }}>
      <p>
        Search for a saga, a trace or a label with ⌘K, or go to the <Link href="/">Overview</Link>.
      </p>
    </Page>
  );
}
