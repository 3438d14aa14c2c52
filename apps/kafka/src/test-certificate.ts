import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { javaCommand } from "./tools.ts";

const run = promisify(execFile);

/** A key of one's own for a listener on 127.0.0.1, signed by itself. */
export interface TestCertificate {
  /** PKCS#12, with the key. */
  readonly keystore: string;
  readonly password: string;
  /** The certificate as PEM: who trusts it trusts the listener. */
  readonly pem: string;
}

/** Makes a certificate with Java's own tool, which is there where Kafka is. */
export async function createTestCertificate(directory: string): Promise<TestCertificate> {
  const keystore = join(directory, "listener.p12");
  const password = "a-test-password";
  const keytool = javaCommand().replace(/java$/, "keytool");
  const store = ["-keystore", keystore, "-storetype", "PKCS12", "-storepass", password, "-alias", "listener"];
  const subject = ["-dname", "CN=headgate-test", "-ext", "SAN=IP:127.0.0.1,DNS:localhost"];
  await run(keytool, ["-genkeypair", "-keyalg", "EC", "-groupname", "secp256r1", "-validity", "30", ...subject, ...store], {
    timeout: 30_000,
  });
  const { stdout } = await run(keytool, ["-exportcert", "-rfc", ...store], { timeout: 30_000 });
  return { keystore, password, pem: stdout };
}
