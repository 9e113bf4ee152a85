import Link from "next/link";
import { Page } from "#components/page.tsx";
import { SearchKeys } from "#components/shell/search-keys.tsx";

export default function NotFound() {
  return (
    <Page title="There is no such page" answer={{ waiting: false, problem: undefined }}>
      <p>
        Search for a saga, a trace or a label with <SearchKeys />, or go to the <Link href="/">Overview</Link>.
      </p>
    </Page>
  );
}
