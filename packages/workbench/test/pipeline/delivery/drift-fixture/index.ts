import * as pulumi from "@pulumi/pulumi";

class Thing extends pulumi.CustomResource {}

/** Two things in a cloud that is a file. */
export default function program(): void {
  for (const name of ["first", "second"])
    new Thing("filecloud:index:Thing", name, { size: "small" });
}
