import type { Schemas } from "@headgate/contract";

/** What the server says about its own build. */
export interface VersionInfo {
  readonly version: string;
  /** Revision of the sources, empty when it is not known. */
  readonly revision?: string;
  /** RFC 3339, empty when it is not known. */
  readonly builtAt?: string;
}

/** The handshake of published clients. Fields about a Rust build and about third-party services stay empty: there are none. */
export function toConfiguration({ version, revision = "", builtAt = "" }: VersionInfo): Schemas["Configuration"] {
  return {
    edition: "Open source",
    version,
    revision,
    runtime_revision: revision,
    changelog_url: "",
    build_info: {
      build_cpu: process.arch,
      build_os: process.platform,
      build_timestamp: builtAt,
      cargo_debug: "",
      cargo_dependencies: "",
      cargo_features: "",
      cargo_opt_level: "",
      cargo_target_triple: "",
      rustc_version: "",
    },
    build_source: "source",
    posthog: "",
    product_fruits: "",
    conceptualhq: "",
    unstable_features: null,
    license_validity: null,
    update_info: null,
  };
}
