/** One runner for every package; ESM throughout, so tests load modules the way production does. */
const base = {
  testEnvironment: "node",
  testEnvironmentOptions: { customExportConditions: ["headgate-source", "node"] },
  extensionsToTreatAsEsm: [".ts"],
  transform: {
    "^.+\\.ts$": [
      "@swc/jest",
      { jsc: { target: "es2023", parser: { syntax: "typescript" } }, module: { type: "es6" }, sourceMaps: "inline" },
    ],
  },
  modulePathIgnorePatterns: ["/dist/"],
  globalSetup: "<rootDir>/apps/kafka/jest-setup.mjs",
  globalTeardown: "<rootDir>/apps/kafka/jest-teardown.mjs",
};
const roots = ["packages", "apps", "test"];
export default {
  ...base,
  roots: roots.map((r) => `<rootDir>/${r}`),
  testMatch: ["**/test/**/*.test.ts"],
  testPathIgnorePatterns: ["/node_modules/", "<rootDir>/test/smoke/"],
  testTimeout: 30_000,
  maxWorkers: 2,
};
