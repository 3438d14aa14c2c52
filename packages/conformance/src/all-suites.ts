import type { Suite } from "./kit/suite-kit.ts";
import { apiKeysSuite } from "./suites/api-keys.suite.ts";
import { authenticationSuite } from "./suites/authentication.suite.ts";
import { checkpointsSuite } from "./suites/checkpoints.suite.ts";
import { connectClientsSuite } from "./suites/connect-clients.suite.ts";
import { connectConnectorsSuite } from "./suites/connect-connectors.suite.ts";
import { connectLifecycleSuite } from "./suites/connect-lifecycle.suite.ts";
import { connectOffsetsSuite } from "./suites/connect-offsets.suite.ts";
import { connectPluginsSuite } from "./suites/connect-plugins.suite.ts";
import { connectStatusSuite } from "./suites/connect-status.suite.ts";
import { dataSuite } from "./suites/data.suite.ts";
import { durabilitySuite } from "./suites/durability.suite.ts";
import { faultsSuite } from "./suites/faults.suite.ts";
import { inputConnectorsSuite } from "./suites/input-connectors.suite.ts";
import { lifecycleSuite } from "./suites/lifecycle.suite.ts";
import { observabilitySuite } from "./suites/observability.suite.ts";
import { outputConnectorsSuite } from "./suites/output-connectors.suite.ts";
import { pipelinesSuite } from "./suites/pipelines.suite.ts";
import { programsSuite } from "./suites/programs.suite.ts";
import { protocolSuite } from "./suites/protocol.suite.ts";
import { stsSuite } from "./suites/sts.suite.ts";
import { systemSuite } from "./suites/system.suite.ts";

/** Every suite by its title: the tags of the contract, and what holds for all of them. */
export const suites: Readonly<Record<string, Suite>> = {
  system: systemSuite,
  "api-keys": apiKeysSuite,
  authentication: authenticationSuite,
  protocol: protocolSuite,
  pipelines: pipelinesSuite,
  lifecycle: lifecycleSuite,
  checkpoints: checkpointsSuite,
  durability: durabilitySuite,
  observability: observabilitySuite,
  "input-connectors": inputConnectorsSuite,
  "output-connectors": outputConnectorsSuite,
  data: dataSuite,
  programs: programsSuite,
  "connect-connectors": connectConnectorsSuite,
  "connect-lifecycle": connectLifecycleSuite,
  "connect-status": connectStatusSuite,
  "connect-plugins": connectPluginsSuite,
  "connect-offsets": connectOffsetsSuite,
  "connect-clients": connectClientsSuite,
  sts: stsSuite,
  faults: faultsSuite,
};
