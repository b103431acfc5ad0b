import { boolean, key, list, text } from "../kinds.ts";
import { HOST_NAME } from "./patterns.ts";

/** Keys of the front door: names, and where they lead. */
export const edge = {
  hostedZone: key(
    text(
      "a Route 53 hosted zone by its name, such as example.com, or by its id, such as Z0123456789ABCDEFGHIJ",
      /^(([a-z0-9-]+\.)+[a-z]{2,}|Z[A-Z0-9]{5,31})$/,
      true,
    ),
    "",
    "Public hosted zone that domainName lies in. With it the stack makes the records of its names, and their certificate where certificateArn is empty; without it both are yours to make.",
  ),
  createHostedZone: key(
    boolean(),
    false,
    "Whether the stack creates hostedZone, for 0.50 USD a month, in place of looking it up. It has to be delegated to before the certificate is issued: the first deployment prints its name servers and waits. One stack creates a zone; others look it up.",
  ),
  extraDomainNames: key(
    list("host names such as www.example.com", HOST_NAME),
    [],
    "Further host names that lead to the service, in the same hosted zone and on the same certificate.",
  ),
};
