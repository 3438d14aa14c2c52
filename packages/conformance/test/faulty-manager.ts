import { ManagerError, type Manager, type ManagerErrorCode } from "@headgate/manager";

/** A manager whose calls can be made to fail, except the check of a key. */
export interface FaultyManager {
  readonly manager: Manager;
  readonly fail: (code: string) => void;
  readonly restore: () => void;
}

export function makeFaulty(real: Manager): FaultyManager {
  let code: string | undefined;
  const failure = () =>
    code === "InternalError" ? new Error("secret cause") : new ManagerError(code as ManagerErrorCode, "Made to fail by a test.", {});
  const wrap = <Service extends object>(service: Service): Service =>
    new Proxy(service, {
      get: (target, key) => {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== "function" || key === "authenticate" || key === "authenticateToken") return method;
        return (...args: unknown[]) => (code === undefined ? (method.apply(target, args) as unknown) : Promise.reject(failure()));
      },
    });
  return {
    manager: {
      pipelines: wrap(real.pipelines),
      interaction: wrap(real.interaction),
      connect: wrap(real.connect),
      apiKeys: wrap(real.apiKeys),
      close: (options) => real.close(options),
    },
    fail: (next) => (code = next),
    restore: () => (code = undefined),
  };
}
