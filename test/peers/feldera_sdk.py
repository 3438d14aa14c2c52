"""The published Python client (feldera 0.297.0, the version of our dialect) against a running server: python feldera_sdk.py URL."""

import sys
import time
from decimal import Decimal

from feldera import FelderaClient, PipelineBuilder
from feldera.enums import BootstrapPolicy, PipelineStatus

PROGRAM = """
CREATE TABLE users (id INT NOT NULL PRIMARY KEY, name STRING, score DECIMAL(10, 2));
CREATE TABLE numbers (num INT) WITH ('materialized' = 'true', 'connectors' = '[{
  "name": "c1", "paused": true, "transport": { "name": "datagen", "config": { "plan": [{ "limit": 50, "rate": 1000 }] } }
}]');
CREATE MATERIALIZED VIEW scores AS SELECT name, count(*) AS n, sum(score) AS total FROM users GROUP BY name;
CREATE MATERIALIZED VIEW copies WITH ('connectors' = '[{
  "name": "out", "send_snapshot": true, "transport": { "name": "null_output" }
}]') AS SELECT * FROM numbers;
"""


def check(what, actual, expected):
    if actual != expected:
        raise SystemExit(f"{what}: expected {expected!r}, got {actual!r}")
    print(f"ok  {what}")


client = FelderaClient(sys.argv[1])
pipeline = PipelineBuilder(client, name="python_client", sql=PROGRAM).create_or_replace()
check("a created pipeline is stopped", pipeline.status().name, "STOPPED")
pipeline.start()
check("a started pipeline runs", pipeline.status().name, "RUNNING")

changes = pipeline.listen("scores")
rows = [{"id": 1, "name": "a", "score": "1.50"}, {"id": 2, "name": "b", "score": 2.25}, {"id": 3, "name": "a", "score": 3}]
pipeline.input_json("users", rows, wait=True)
expected = [{"name": "a", "n": 2, "total": Decimal("4.50")}, {"name": "b", "n": 1, "total": Decimal("2.25")}]
result = [{**row, "total": Decimal(row["total"])} for row in pipeline.query("SELECT * FROM scores ORDER BY name")]
check("ingress is seen by a query", result, expected)
seen, deadline = [], time.monotonic() + 10
while len(seen) < 2 and time.monotonic() < deadline:
    # The client reads its subscription in a thread of its own.
    seen += changes.to_dict()
    time.sleep(0.01)
check("a subscriber sees the same changes", sorted(row["name"] for row in seen), ["a", "b"])

check("an input connector is paused", pipeline.input_connector_stats("numbers", "c1").paused, True)
pipeline.resume_connector("numbers", "c1")
pipeline.wait_for_completion(timeout_s=30)
check("a resumed connector feeds its table", pipeline.input_connector_stats("numbers", "c1").metrics.total_records, 50)
check("an output connector has sent everything", pipeline.output_connector_stats("copies", "out").metrics.transmitted_records, 50)
token = pipeline.generate_completion_token("numbers", "c1")
check("a completion token completes", pipeline.completion_token_status(token).name, "COMPLETE")

pipeline.pause()
check("a paused pipeline is paused", pipeline.status().name, "PAUSED")
pipeline.resume()
check("a resumed pipeline runs", pipeline.status().name, "RUNNING")
pipeline.execute("INSERT INTO users VALUES (9, 'z', 1)")
check("an ad-hoc insert is seen", len(list(pipeline.query("SELECT * FROM users"))), 4)
check("a query's hash has 64 digits", len(pipeline.query_hash("SELECT * FROM users ORDER BY id")), 64)

pipeline.checkpoint(wait=True, timeout_s=30)
check("a checkpoint is listed", len(pipeline.checkpoints()), 1)
pipeline.stop(force=False)
check("a suspended pipeline is stopped", pipeline.status().name, "STOPPED")
pipeline.start()
check("it goes on with what it had", len(list(pipeline.query("SELECT * FROM users"))), 4)

pipeline.stop(force=True)
pipeline.modify(sql=PROGRAM + "CREATE MATERIALIZED VIEW added AS SELECT count(*) AS n FROM users;")
pipeline.start(bootstrap_policy=BootstrapPolicy.AWAIT_APPROVAL)
check("a changed program awaits approval", pipeline.status().name, "AWAITINGAPPROVAL")
pipeline.approve()
pipeline.wait_for_status(PipelineStatus.RUNNING, timeout=30)
check("an approved program fills its views", list(pipeline.query("SELECT * FROM added")), [{"n": 4}])

pipeline.stop(force=True)
check("a stopped pipeline is stopped", pipeline.status().name, "STOPPED")
pipeline.clear_storage()
pipeline.delete()
