import { createClient, isApiError, isClientError } from "@headgate/client";

export async function statusOf(baseUrl: string, pipeline: string): Promise<string> {
  const client = createClient({ baseUrl, timeoutMs: 10_000, retry: { maxRetries: 4 } });
  try {
    const stats = await client.outputs.stats(pipeline, "delays", "file");
    return `${stats.metrics.transmitted_records} records sent`;
  } catch (error) {
    if (isApiError(error, "UnknownPipelineName")) return "there is no such pipeline";
    if (isApiError(error, "PipelineInteractionNotDeployed")) return "it is not running";
    if (isClientError(error, "timeout")) return "no answer in time";
    throw error;
  }
}
