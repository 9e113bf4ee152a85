import { cpus } from "node:os";

/** The engine's server configuration: a small machine that others share, and no log tables that are flushed in the background. */
export function configXml({ memoryBytes, tmpFolder }: { memoryBytes: number; tmpFolder: string }): string {
  const pool = Math.max(2, Math.min(4, cpus().length));
  const settings = {
    max_server_memory_usage: memoryBytes,
    background_pool_size: pool,
    background_merges_mutations_concurrency_ratio: 2,
    background_schedule_pool_size: 2,
    background_common_pool_size: 2,
    background_move_pool_size: 1,
    background_fetches_pool_size: 1,
    background_message_broker_schedule_pool_size: 1,
    background_distributed_schedule_pool_size: 1,
    background_buffer_flush_schedule_pool_size: 1,
    max_thread_pool_free_size: 16,
    mark_cache_size: 128 * 1024 * 1024,
    uncompressed_cache_size: 0,
    index_mark_cache_size: 32 * 1024 * 1024,
    mmap_cache_size: 64,
    compiled_expression_cache_size: 16 * 1024 * 1024,
    asynchronous_metrics_update_period_s: 60,
    asynchronous_heavy_metrics_update_period_s: 600,
    tmp_path: `${tmpFolder}/`,
    // Nobody listens there: it says that the cluster's only node is this process.
    tcp_port: clusterPort,
  };
  const lines = Object.entries(settings).map(([name, value]) => `  <${name}>${escapeXml(String(value))}</${name}>`);
  return `<clickhouse>\n${lines.join("\n")}\n${mergeTree}\n${cluster}\n</clickhouse>\n`;
}

// A live stream makes many small parts: without marks for each substream one is written in three quarters of the time.
const mergeTree = `  <merge_tree>
    <write_marks_for_substreams_in_compact_parts>0</write_marks_for_substreams_in_compact_parts>
    <number_of_free_entries_in_pool_to_execute_mutation>1</number_of_free_entries_in_pool_to_execute_mutation>
    <number_of_free_entries_in_pool_to_lower_max_size_of_merge>1</number_of_free_entries_in_pool_to_lower_max_size_of_merge>
    <number_of_free_entries_in_pool_to_execute_optimize_entire_partition>1</number_of_free_entries_in_pool_to_execute_optimize_entire_partition>
  </merge_tree>`;

const clusterPort = 9000;
// As ClickHouse itself is delivered, with a cluster `default` of one node.
const cluster = `  <remote_servers>
    <default>
      <shard>
        <internal_replication>true</internal_replication>
        <replica><host>127.0.0.1</host><port>${clusterPort}</port></replica>
      </shard>
    </default>
  </remote_servers>`;

function escapeXml(text: string): string {
  return text.replace(/[&<>]/g, (character) => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[character] ?? character);
}
