import { expect } from "chai";
import { sleepSchedule } from "../../../components/service/schedule.ts";

describe("sleepSchedule", () => {
  it("a service that is always awake has none", () => {
    expect(sleepSchedule("always")).to.equal(undefined);
  });

  const rows: [string, string, string][] = [
    ["Mon-Fri 07:00-20:00", "cron(0 7 ? * MON-FRI *)", "cron(0 20 ? * MON-FRI *)"],
    ["Sun-Sat 00:05-23:59", "cron(5 0 ? * SUN-SAT *)", "cron(59 23 ? * SUN-SAT *)"],
    ["Wed-Wed 08:30-09:45", "cron(30 8 ? * WED *)", "cron(45 9 ? * WED *)"],
    [
      "Mon-Sun 07:00-20:00",
      "cron(0 7 ? * MON,TUE,WED,THU,FRI,SAT,SUN *)",
      "cron(0 20 ? * MON,TUE,WED,THU,FRI,SAT,SUN *)",
    ],
    ["Fri-Mon 07:00-20:00", "cron(0 7 ? * FRI,SAT,SUN,MON *)", "cron(0 20 ? * FRI,SAT,SUN,MON *)"],
  ];
  for (const [awakeHours, wake, sleep] of rows) {
    it(`${awakeHours} wakes and sleeps on these days`, () => {
      expect(sleepSchedule(awakeHours)).to.deep.equal({ wake, sleep });
    });
  }
});
