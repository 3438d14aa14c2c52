import base from "./jest.config.mjs";

/** Tests of what `npm run build` made, as plain Node runs it. */
export default { ...base, roots: ["<rootDir>/test/smoke"], testPathIgnorePatterns: ["/node_modules/"], testTimeout: 60_000 };
