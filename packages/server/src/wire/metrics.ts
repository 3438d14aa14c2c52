import type { Schemas } from "@headgate/contract";
import type { Metric } from "../domain.ts";

type MetricValue = Metric["values"][number];
type Histogram = Exclude<MetricValue["value"], number>;

/** Metrics as JSON. */
export function toMetrics(metrics: readonly Metric[]): Schemas["Metric"][] {
  return metrics.map((metric) => ({
    key: metric.key,
    type: metric.type,
    description: metric.description,
    values: metric.values.map(({ labels, value }) => ({
      labels,
      value: typeof value === "number" ? value : { buckets: [...value.buckets], sum: value.sum, count: value.count },
    })),
  }));
}

/** Metrics in the text form that Prometheus reads. */
export function toPrometheus(metrics: readonly Metric[]): string {
  return metrics
    .map((metric) => {
      const help = metric.description.replaceAll("\\", "\\\\").replaceAll("\n", "\\n");
      const head = `# HELP ${metric.key} ${help}\n# TYPE ${metric.key} ${metric.type}\n`;
      return head + metric.values.map((value) => sample(metric.key, value)).join("");
    })
    .join("");
}

function sample(key: string, { labels, value }: MetricValue): string {
  if (typeof value === "number") return line(key, labels, value);
  return histogram(key, labels, value);
}

/** Prometheus buckets are cumulative, ours are not. */
function histogram(key: string, labels: MetricValue["labels"], value: Histogram): string {
  let count = 0;
  const buckets = value.buckets
    .filter((bucket) => bucket.le !== undefined)
    .map((bucket) => {
      count += bucket.count;
      return line(`${key}_bucket`, { ...labels, le: String(bucket.le) }, count);
    });
  const total = line(`${key}_bucket`, { ...labels, le: "+Inf" }, value.count);
  return [...buckets, total, line(`${key}_sum`, labels, value.sum), line(`${key}_count`, labels, value.count)].join("");
}

function line(key: string, labels: MetricValue["labels"], value: number): string {
  const pairs = Object.entries(labels).map(([name, text]) => `${name}="${escape(text)}"`);
  const number = Number.isFinite(value) ? String(value) : Number.isNaN(value) ? "NaN" : value > 0 ? "+Inf" : "-Inf";
  return `${key}${pairs.length === 0 ? "" : `{${pairs.join(",")}}`} ${number}\n`;
}

const escape = (text: string): string => text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n");
