// A council destroys two documents at once: ticked in the book, one form a step, two people,
// one list that goes with the minutes.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fill } from "./lives.mjs";

const HEAD = { decider_name: "Trịnh Văn Lục", decider_post: "giam_doc_so" };
const NUMBERS = ["97/BC-STP", "98/BC-STP"];
const text = (page, selector) => page.locator(selector).first().innerText();

async function take(page, url, values) {
  if (url) await page.goto(url);
  await fill(page, values);
  await page.click("#take");
  await page.waitForURL(/\/batches\/\d+\?done=batch/, { timeout: 15000 }).catch(async () => {
    throw new Error(`FAILED: ${page.url()}: ${await text(page, "#problem")}`);
  });
  return page.url().split("?")[0];
}

async function list(page, at, shots, check) {
  const pdf = await page.request.get(`${at}/list/pdf`);
  const file = join(shots, "records", "batch-list.pdf");
  writeFileSync(file, await pdf.body());
  const words = execFileSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" });
  check("the list names its documents and what became of them", NUMBERS.every((number) => words.includes(number)) && (words.match(/Đã tiêu/g) ?? []).length === 2);
  check("the list has its title, minutes and sum", words.includes("DANH SÁCH TÀI LIỆU BÍ MẬT NHÀ NƯỚC") && words.includes("biên bản số 06/BB") && words.includes("02 tài liệu, 04 bản"));
  check("the council's chair signs the list", /chủ tịch hội đồng/i.test(words) && words.includes("Trịnh Văn Lục"));
  const docx = await page.request.get(`${at}/list/docx`);
  check("the list is a Word file as well", docx.status() === 200 && (await docx.body()).subarray(0, 2).toString() === "PK");
  writeFileSync(join(shots, "records", "batch-list.docx"), await docx.body());
}

export async function batch(lives, clerk, officer) {
  const { base, shots, check } = lives;
  const documents = [];
  for (const [n, number_symbol] of NUMBERS.entries()) {
    documents.push(await lives.register(clerk, "di", {
      number_symbol, entry_date: "2026-01-12", doc_date: `2026-01-1${n}`, doc_type: "Báo cáo", level: "mat", signer: "Trịnh Văn Lục",
      recipient: "Văn phòng UBND tỉnh Sông Thanh", subject: `Rà soát đợt ${n + 1}`, quantity: "2", copy_numbers: "", receiver_sign: "", note: "",
    }));
  }
  await clerk.goto(`${base}/batches/new`);
  await fill(clerk, { kind: "destroy", numbers: `${NUMBERS[0]}\n77/KHÔNG-CÓ` });
  await clerk.click("form.card button.btn");
  check("a number that no document has is named", (await text(clerk, "#unknown")).includes("77/KHÔNG-CÓ") && (await clerk.locator("#members tbody tr").count()) === 1);

  await clerk.goto(`${base}/books/di?year=2026`);
  for (const number of NUMBERS) await clerk.locator(`#entries tr:has-text("${number}") input[name="document"]`).check();
  await clerk.selectOption("#batch-kind", "destroy");
  await clerk.screenshot({ path: join(shots, "batch-ticked.png") });
  await clerk.click("#batch-begin");
  await clerk.waitForSelector("#members");
  check("ticked documents come into the form", (await clerk.locator("#members tbody tr").count()) === 2);
  const council = { on: "2026-02-16", decision_number: "41/QĐ-STP", chair: "", keeper: "Phạm Văn Bách An", members: "Lê Quang Trúc Hạnh", reason: "Hết giá trị sử dụng" };
  await fill(clerk, council);
  await clerk.click("#take");
  const problem = await text(clerk, "#problem");
  check("a refusal names line and document", problem.includes("ACT-03") && problem.includes("Dòng 1") && /9[78]\/BC-STP/.test(problem));
  check("what was typed stays", (await clerk.inputValue("#decision_number")) === "41/QĐ-STP" && (await clerk.inputValue("#reason")) === "Hết giá trị sử dụng");
  await clerk.screenshot({ path: join(shots, "batch-refused.png"), fullPage: true });
  const at = await take(clerk, null, { chair: "Trịnh Văn Lục" });

  await clerk.goto(`${at}/steps/minutes`);
  check("copies that lie in the unit stand ticked", (await clerk.locator('#members input[name^="copies-"]:checked').count()) === 4);
  await take(clerk, null, { on: "2026-02-17", minutes_number: "05/BB", council_view: "council_agrees" });
  await clerk.goto(`${at}/steps/decide`);
  const decision = { on: "2026-02-18", outcome: "granted", decision_number: "42/QĐ-STP", ...HEAD };
  await fill(clerk, decision);
  await clerk.click("#take");
  check("who proposed does not decide for a batch either", (await text(clerk, "#problem")).includes("ACT-06"));
  await take(officer, `${at}/steps/decide`, decision);
  await clerk.goto(`${at}/steps/carry_out`);
  await clerk.screenshot({ path: join(shots, "batch-form.png"), fullPage: true });
  await take(clerk, null, { on: "2026-02-19", minutes_number: "06/BB", method: "shredded", performed_by: "Phạm Văn Bách An", witness: "Lê Quang Trúc Hạnh", not_restorable: "yes" });
  check("both dossiers of the batch are closed", (await clerk.locator("#members .tag.good").count()) === 2);
  await clerk.screenshot({ path: join(shots, "batch.png"), fullPage: true });
  await list(clerk, at, shots, check);

  for (const document of documents) {
    await clerk.goto(document);
    check("a document of the batch is destroyed, its custody in balance", (await text(clerk, "#status")) === "Đã tiêu hủy" && (await text(clerk, "#balance-sum")) === "0");
  }
  await clerk.click("#dossiers a");
  check("the dossier names its batch", (await clerk.getAttribute("#batch", "href")) === new URL(at).pathname);
  const read = await (await clerk.request.get(at.replace("/batches/", "/api/v1/batches/"))).json();
  check("the batch is read as JSON", read.lines.length === 2 && read.open === 0 && read.lines.every((line) => line.state === "destroyed"));
  await clerk.goto(`${base}/batches`);
  await clerk.screenshot({ path: join(shots, "batches.png") });
}
