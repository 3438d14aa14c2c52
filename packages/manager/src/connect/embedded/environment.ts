/** The environment in which every pipeline is a cluster. */
export const embeddedEnvironment = "default";
