#!/usr/bin/env bash
# Creates the topics that Sagascope reads, where they are missing.
set -euo pipefail
create() {
  /opt/kafka/bin/kafka-topics.sh --bootstrap-server "$KAFKA_BROKERS" --create --if-not-exists --topic "$1" --partitions "$2" --replication-factor 1
}
create saga.events 4
create otlp_spans 2
create otlp_logs 2
create otlp_metrics 2
