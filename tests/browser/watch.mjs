// The watch in the browser: the demonstration fetched a fictional portal for real; its three leaks were found, one judged
// false, one taken down, one handed over and taken by its unit. A person then looks again and judges anew.
import { join } from "node:path";

const rows = (page, table) => page.locator(`${table} tbody tr`);
const words = (page, selector) => page.locator(selector).first().innerText();

export async function watch(base, shots, check, signIn, until) {
  const officer = await signIn("giamsat");
  const shot = (page, name) => page.screenshot({ path: join(shots, `watch-${name}.png`), fullPage: true });

  await officer.goto(`${base}/watch/findings`);
  await shot(officer, "findings");
  const found = await words(officer, "#findings");
  check("the text, the scan and the mail are found", ["thong-bao.docx", "quet-cong-van.jpg", "thu-moi-hop.eml"].every((name) => found.includes(name)));
  check("the zip in the mail is named with its inner path", /thu-moi-hop\.eml › .*ke-hoach\.docx/.test(found));
  check("news about secrets is no leak", !found.includes("/tin/"));
  check("every judgement has its word", found.includes("Không đúng") && found.includes("Đúng là lộ, lọt"));

  await officer.goto(`${base}/watch/leaks`);
  await shot(officer, "leaks");
  await officer.goto(`${base}/watch/findings?state=true&how=image`);
  await officer.locator("#findings tbody a").first().click();
  await officer.waitForSelector("#takedown");
  check("the scan went through its steps and is gone", (await rows(officer, "#steps").count()) === 5 && (await officer.locator("#takedown .note.good").count()) === 1);
  await shot(officer, "takedown");

  await officer.goto(`${base}/watch/findings?state=true&how=text`);
  await officer.locator("#findings tbody a").first().click();
  const saved = officer.waitForEvent("download");
  await officer.click("#hand-over a[download]");
  const file = await (await saved).path();
  check("the hand-over file can be saved again", Boolean(file));

  await officer.goto(`${base}/watch/sources/1`);
  await officer.click('form[action="/watch/sources/1/runs"] button');
  await officer.waitForURL(/\/watch\/runs\/\d+/);
  const run = officer.url().split("?")[0];
  await until("the run", async () => {
    await officer.goto(run);
    return (await officer.content()).includes("Đã xong") || (await officer.locator('[data-state="done"]').count()) > 0;
  });
  await shot(officer, "run");
  await officer.goto(`${base}/watch/findings?state=new`);
  check("a look again finds nothing new", (await officer.locator("#findings tbody tr").count()) === 0);
  for (const page of ["sources", "runs", "objects", "trends", "summary"]) {
    await officer.goto(`${base}/watch/${page}`);
    await shot(officer, page);
    check(`/watch/${page} opens`, (await officer.locator("h1").count()) === 1);
  }
  const summary = await officer.request.get(`${base}/watch/summary/pdf`);
  check("the public summary prints", summary.status() === 200 && (await summary.body()).subarray(0, 5).toString() === "%PDF-");

  const unit = await signIn("canbo.stp");
  await unit.goto(`${base}/watch/findings`);
  check("who keeps no watch sees none of it", (await unit.title()).length > 0 && (await unit.locator("#findings").count()) === 0);
  await unit.goto(`${base}/cases`);
  await shot(unit, "cases");
  check("the unit has a case out of the hand-over", (await unit.content()).includes("thu-moi-hop.eml"));
  await unit.goto(`${base}/watch/hand-over/import`);
  await unit.setInputFiles('input[type="file"]', file);
  await unit.click("form.form button.btn >> nth=0");
  await unit.waitForLoadState();
  check("the same file twice is refused with its code", (await unit.content()).includes("WATCH-24"));
  await shot(unit, "twice");
}
