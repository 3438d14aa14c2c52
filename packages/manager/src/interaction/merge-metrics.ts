import type { Metric, MetricValue } from "@headgate/pipeline";

/** One list of metrics for all pipelines: values of equal keys together, each labelled with its pipeline. */
export function mergeMetrics(answers: readonly { readonly pipeline: string; readonly metrics: readonly Metric[] }[]): readonly Metric[] {
  const merged = new Map<string, Metric & { readonly values: MetricValue[] }>();
  for (const { pipeline, metrics } of answers) {
    for (const metric of metrics) {
      let whole = merged.get(metric.key);
      if (whole === undefined) merged.set(metric.key, (whole = { ...metric, values: [] }));
      for (const { labels, value } of metric.values) whole.values.push({ labels: { ...labels, pipeline }, value });
    }
  }
  return [...merged.values()];
}
