import { ConnectError, type ClusterAddress, type ConnectorAddress, type ConnectService } from "./api.ts";
import type { ConnectCluster } from "./cluster.ts";

/** Finds the cluster that an address means; undefined when there is none. */
export type FindCluster = (at: ClusterAddress) => ConnectCluster | undefined;

/** Looks in one place, then in the next. */
export function firstOf(...places: readonly FindCluster[]): FindCluster {
  return (at) => places.reduce<ConnectCluster | undefined>((found, find) => found ?? find(at), undefined);
}

/** The calls of the dialect, each handed to the cluster that it is for. */
export function createConnectService(find: FindCluster): ConnectService {
  // Async, so that an unknown cluster is a rejection like every other failure.
  const at = async <T>(address: ClusterAddress, call: (cluster: ConnectCluster) => Promise<T>): Promise<T> => {
    const cluster = find(address);
    if (cluster !== undefined) return await call(cluster);
    throw new ConnectError("UnknownCluster", `There is no cluster '${address.cluster}' in the environment '${address.environment}'`);
  };
  const one = <T>(address: ConnectorAddress, call: (cluster: ConnectCluster, connector: string) => Promise<T>): Promise<T> =>
    at(address, (cluster) => call(cluster, address.connector));

  return {
    list: (address) => at(address, (c) => c.list()),
    expand: (address, parts) => at(address, (c) => c.expand(parts)),
    create: (address, connector) => at(address, (c) => c.create(connector)),
    read: (address) => one(address, (c, name) => c.read(name)),
    delete: (address) => one(address, (c, name) => c.delete(name)),
    putConfig: (address, config) => one(address, (c, name) => c.putConfig(name, config)),
    pause: (address) => one(address, (c, name) => c.pause(name)),
    resume: (address) => one(address, (c, name) => c.resume(name)),
    restart: (address) => one(address, (c, name) => c.restart(name)),
    status: (address) => one(address, (c, name) => c.status(name)),
    tasks: (address) => one(address, (c, name) => c.tasks(name)),
    plugins: (address) => at(address, (c) => c.plugins()),
    validate: (address, plugin, config) => at(address, (c) => c.validate(plugin, config)),
    offsets: (address) => one(address, (c, name) => c.offsets(name)),
    alterOffsets: (address, change) => one(address, (c, name) => c.alterOffsets(name, change)),
    offsetsRequestStatus: (address) => one(address, (c, name) => c.offsetsRequestStatus(name)),
  };
}
