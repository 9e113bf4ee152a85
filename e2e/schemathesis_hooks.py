"""What OpenAPI cannot say of several parameters, or of a moment: cases that should be answered are made to hold it."""

from datetime import datetime, timedelta, timezone

import schemathesis


def ago(**span):
    return (datetime.now(timezone.utc) - timedelta(**span)).isoformat(timespec="milliseconds")


@schemathesis.hook
def before_call(context, case, kwargs):
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    query = case.query
    # Either a range, or two moments in their order.
    if "from" in query or "to" in query:
        query.pop("range", None)
        query["from"] = ago(hours=2)
        if "to" in query:
            query["to"] = ago(hours=1)
    # A range reaches back 400 days at most.
    if "range" in query:
        query["range"] = query["range"][:2].rstrip("mhd") + query["range"][-1]
    # Moments of the past; a cursor of ours.
    if "at" in query:
        query["at"] = ago(minutes=30)
    if "since" in query:
        query["since"] = ago(days=1)
    query.pop("cursor", None)
    if "view" in query:
        query["view"] = ["/api/v1/sagas?state=failed", "/api/v1/freshness"][: len(query["view"])]
