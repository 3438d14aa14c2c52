import { unknownSubject } from "../refusals.ts";
import type { HandlersOf, Services } from "./services.ts";

export function stsHandlers({ manager: { apiKeys } }: Services) {
  return {
    exchangeStsV1OauthToken: async ({ body: { subject_token, expires_in = 900 } }) => {
      const key = apiKeys.authenticate(subject_token);
      if (key === undefined) throw unknownSubject();
      return {
        status: 200,
        body: {
          access_token: apiKeys.issueToken(key, expires_in),
          issued_token_type: "urn:ietf:params:oauth:token-type:access_token",
          token_type: "Bearer",
          expires_in,
        },
      };
    },
  } satisfies HandlersOf<"sts">;
}
