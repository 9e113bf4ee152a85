"""Exercises the embedded ClickHouse by clickhouse-connect. Arguments: host, port, user, password."""
import datetime
import sys

import clickhouse_connect
from clickhouse_connect.driver.exceptions import DatabaseError

host, port, user, password = sys.argv[1:5]
rows = [
    [n, f"it's {n}\n\n;", datetime.datetime(2026, 1, 1, 0, 0, n % 60), ["a\n\nb", "😀"], None if n % 2 else n, n / 4]
    for n in range(3000)
]
names = ["n", "s", "d", "l", "o", "f"]

for compress in [True, False, "lz4", "zstd", "gzip"]:
    client = clickhouse_connect.get_client(host=host, port=int(port), username=user, password=password, compress=compress)
    client.command("DROP TABLE IF EXISTS py")
    client.command(
        "CREATE TABLE py (n UInt32, s String, d DateTime, l Array(String), o Nullable(Int64), f Float64) ENGINE = MergeTree ORDER BY n"
    )
    written = client.insert("py", rows, column_names=names)
    assert written.written_rows == len(rows), written.summary
    read = client.query("SELECT * FROM py ORDER BY n").result_rows
    assert [list(row) for row in read] == rows, read[:2]
    few = client.query("SELECT s FROM py WHERE n IN {ns:Array(UInt32)} ORDER BY n", parameters={"ns": [1, 2]}).result_rows
    assert few == [("it's 1\n\n;",), ("it's 2\n\n;",)], few
    assert client.query("SELECT * FROM py WHERE n > 1000000").result_rows == []
    with client.query_row_block_stream("SELECT number FROM numbers(200000)") as stream:
        assert sum(len(block) for block in stream) == 200000
    client.command("CREATE TEMPORARY TABLE mine (a UInt8)")
    client.insert("mine", [[7]], column_names=["a"])
    assert client.command("SELECT a FROM mine") == 7
    client.raw_insert("py", insert_block=b'9999999,"raw",2026-01-01 00:00:00,[],\\N,0\n', fmt="CSV", column_names=names)
    assert client.command("SELECT count() FROM py") == len(rows) + 1
    try:
        client.query("SELECT * FROM nowhere")
        raise AssertionError("an unknown table was read")
    except DatabaseError as error:
        assert "60" in str(error), error
    client.close()
print("ok")
