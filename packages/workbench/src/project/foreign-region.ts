/**
 * Regions of AWS China, GovCloud, and the isolated and sovereign partitions: ARNs, endpoints, names of services and prices are
 * others there, and not every feature of ECS and Route 53 that a stack uses exists.
 * Source: AWS, "AWS account identifiers, partitions", and "Services in Amazon Web Services China Regions".
 */
const FOREIGN = /^(?:cn|us-gov|us-isof?|us-isob|eu-isoe|eusc)-/;

/** Why a region is refused, as the end of a sentence that begins with its key; undefined for one of the standard partition. */
export const foreignRegion = (region: string): string | undefined =>
  FOREIGN.test(region)
    ? `is ${region}, but everything here is made, planned and tested for the regions of AWS's standard partition alone; ARNs, endpoints, prices and features are others in that one. Choose a region such as eu-west-1.`
    : undefined;
