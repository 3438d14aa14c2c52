import type { OperationRequest } from "@headgate/contract";
import type { StartOptions } from "@headgate/manager";

/** The dialect's defaults stand in the contract, so a validated query has every field; what is absent is left to the manager. */
export function parseStartOptions(query: OperationRequest<"startPipeline">["query"]): StartOptions {
  return {
    ...(query.initial === undefined ? {} : { initial: query.initial }),
    ...(query.bootstrap_policy === undefined ? {} : { bootstrapPolicy: query.bootstrap_policy }),
    ...(query.silent_bootstrap === undefined ? {} : { silentBootstrap: query.silent_bootstrap }),
    ...(query.concurrent_bootstrap === undefined ? {} : { concurrentBootstrap: query.concurrent_bootstrap }),
    ...(query.dismiss_error === undefined ? {} : { dismissError: query.dismiss_error }),
  };
}
