/** The built-in connectors: transports under `transports/`, formats under `formats/`, listed in one registry. */
export {};
