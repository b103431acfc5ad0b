import { byArn, list, ofType, record, text, texts } from "../plan/plan-reader.ts";
import { plannedServices, plannedTargetGroup, scheduledTasks } from "../plan/services.ts";
import type { Plan } from "../plan/types.ts";
import { taskSpec } from "./spec.ts";
import type { OtherSpec, RuleSpec } from "./spec-types.ts";

/** What a plan runs beside its main service: other services, then scheduled tasks. */
export function otherSpecs(plan: Plan): OtherSpec[] {
  const [main, ...services] = plannedServices(plan);
  const mainImage = main === undefined ? undefined : taskSpec(plan, main).image.name;
  const own = (spec: OtherSpec): OtherSpec => ofOwnApp(plan, spec, mainImage);
  return [
    ...services.map((service): OtherSpec => {
      const spec = taskSpec(plan, service, service.target);
      const arn = service.target["targetGroupArn"];
      const group = byArn(plan, "aws:lb/targetGroup:TargetGroup", arn);
      const rule = ofType(plan, "aws:lb/listenerRule:ListenerRule").find(({ inputs }) =>
        JSON.stringify(inputs["actions"]).includes(JSON.stringify(arn)),
      );
      if (group === undefined || rule === undefined) return own(spec);
      return {
        ...own(spec),
        target: { group: plannedTargetGroup(group), rule: ruleSpec(rule.inputs) },
      };
    }),
    ...scheduledTasks(plan).map((task) => ({
      ...own(taskSpec(plan, task)),
      schedule: text(task.resource.inputs["scheduleExpression"]) ?? "",
    })),
  ];
}

/** A service with an image of its own has another app than the stack's: the component that builds it may name it as `appPath`. */
function ofOwnApp(plan: Plan, spec: OtherSpec, mainImage: string | undefined): OtherSpec {
  if (mainImage === spec.image.name) return spec;
  const image = ofType(plan, "docker:index/image:Image").find(
    ({ inputs }) => inputs["imageName"] === spec.image.name,
  );
  const builder = plan.resources.find(({ urn }) => urn === image?.parent);
  // Else the staged context is all that is known of it.
  return { ...spec, appPath: text(builder?.outputs["appPath"]) ?? spec.image.context };
}

function ruleSpec(inputs: Readonly<Record<string, Parameters<typeof record>[0]>>): RuleSpec {
  const values = (condition: string): string[] =>
    list(inputs["conditions"]).flatMap((one) => texts(record(record(one)[condition])["values"]));
  return {
    priority: Number(inputs["priority"]),
    paths: values("pathPattern"),
    hosts: values("hostHeader"),
  };
}
