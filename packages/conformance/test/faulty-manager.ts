import { ConnectError, ManagerError, type ConnectErrorCode, type Manager, type ManagerErrorCode } from "@headgate/manager";

/** A manager whose calls can be made to fail, except the check of a key. */
export interface FaultyManager {
  readonly manager: Manager;
  readonly fail: (code: string) => void;
  readonly restore: () => void;
}

const connectCodes: ReadonlySet<string> = new Set<ConnectErrorCode>(["EngineUnavailable", "EngineFailed", "OffsetsRequestPending"]);
/** These stand before every request. */
const checks: ReadonlySet<string | symbol> = new Set(["authenticate", "authenticateToken"]);
const synchronous: ReadonlySet<string | symbol> = new Set(["issueToken"]);

function failureOf(code: string): Error {
  if (code === "InternalError") return new Error("secret cause");
  if (connectCodes.has(code)) return new ConnectError(code as ConnectErrorCode, "Made to fail by a test.");
  return new ManagerError(code as ManagerErrorCode, "Made to fail by a test.", {});
}

export function makeFaulty(real: Manager): FaultyManager {
  let code: string | undefined;
  const wrap = <Service extends object>(service: Service): Service =>
    new Proxy(service, {
      get: (target, key) => {
        const method: unknown = Reflect.get(target, key);
        if (typeof method !== "function" || checks.has(key)) return method;
        return (...args: unknown[]) => {
          if (code === undefined) return method.apply(target, args) as unknown;
          if (synchronous.has(key)) throw failureOf(code);
          return Promise.reject(failureOf(code));
        };
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
