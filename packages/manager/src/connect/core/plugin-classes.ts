/**
 * Cloud's short names of connector plugins, and the Java classes that Kafka Connect knows. Only plugins whose configuration has the same
 * keys in both: a name alone does not make a connector of one into one of the other.
 */
const classes: Readonly<Record<string, string>> = {
  BigQuerySink: "com.wepay.kafka.connect.bigquery.BigQuerySinkConnector",
  DatagenSource: "io.confluent.kafka.connect.datagen.DatagenConnector",
  ElasticsearchSink: "io.confluent.connect.elasticsearch.ElasticsearchSinkConnector",
  FileStreamSink: "org.apache.kafka.connect.file.FileStreamSinkConnector",
  FileStreamSource: "org.apache.kafka.connect.file.FileStreamSourceConnector",
  GcsSink: "io.confluent.connect.gcs.GcsSinkConnector",
  HttpSink: "io.confluent.connect.http.HttpSinkConnector",
  MongoDbAtlasSink: "com.mongodb.kafka.connect.MongoSinkConnector",
  MongoDbAtlasSource: "com.mongodb.kafka.connect.MongoSourceConnector",
  MySqlCdcSourceV2: "io.debezium.connector.mysql.MySqlConnector",
  PostgresCdcSourceV2: "io.debezium.connector.postgresql.PostgresConnector",
  S3_SINK: "io.confluent.connect.s3.S3SinkConnector",
  SnowflakeSink: "com.snowflake.kafka.connector.SnowflakeSinkConnector",
  SqlServerCdcSourceV2: "io.debezium.connector.sqlserver.SqlServerConnector",
};

/** Turns names into classes and back. */
export interface PluginClasses {
  /** The Java class of a Cloud name; what is no such name is handed on, for Kafka Connect knows aliases of its own. */
  toJava(name: string): string;
  /** The Cloud name of a Java class, or the class itself. */
  toCloud(javaClass: string): string;
}

/** The built-in names, with others that the cluster's configuration gives. */
export function createPluginClasses(more: Readonly<Record<string, string>> = {}): PluginClasses {
  const java = new Map(Object.entries({ ...classes, ...more }));
  const cloud = new Map([...java].map(([name, javaClass]) => [javaClass, name]));
  return {
    toJava: (name) => java.get(name) ?? name,
    toCloud: (javaClass) => cloud.get(javaClass) ?? javaClass,
  };
}
