// The main job as its users do it, in a real browser, on both databases:
// a clerk keeps the books, PA03 turns a plan into tasks, a head makes the report.
// Usage: node run.mjs [path of khien]. Pictures and papers go to out/.
import { execFileSync, spawn, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { batch } from "./batch.mjs";
import { Lives } from "./lives.mjs";
import { watch } from "./watch.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "..", "..");
const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
const khien = process.argv[2] ?? join(target, "debug", "khien");
const out = join(here, "out");
const password = "khien-trinh-dien";
const plan = join(root, "crates", "vanban", "tests", "seeds", "s0.txt");
let passed = 0;

function check(what, holds) {
  if (!holds) throw new Error(`FAILED: ${what}`);
  passed += 1;
  console.log(`  ok ${what}`);
}

async function until(what, probe) {
  for (let step = 0; step < 300; step += 1) {
    if (await probe()) return;
    await new Promise((done) => setTimeout(done, 100));
  }
  throw new Error(`FAILED: waited too long for ${what}`);
}

// A real PostgreSQL server of our own, on a socket in a temporary folder.
function startPostgres() {
  const bin = ["15", "16", "17", "14"].map((v) => `/usr/lib/postgresql/${v}/bin`).find((dir) => existsSync(`${dir}/initdb`));
  if (!bin) throw new Error("FAILED: no PostgreSQL server; help: run `make deps`");
  const dir = mkdtempSync(join(tmpdir(), "khien-pg-"));
  const asRoot = process.getuid() === 0;
  if (asRoot) execFileSync("chown", ["postgres", dir]);
  const as = (args, options) => (asRoot ? ["runuser", ["-u", "postgres", "--", ...args], options] : [args[0], args.slice(1), options]);
  const port = 20000 + (process.pid % 20000);
  execFileSync(...as([`${bin}/initdb`, "-D", `${dir}/data`, "-A", "trust", "-U", "khien", "-E", "UTF8", "--locale=C.UTF-8"], { stdio: "ignore", cwd: dir }));
  const server = spawn(...as([`${bin}/postgres`, "-D", `${dir}/data`, "-k", dir, "-p", String(port), "-c", "listen_addresses=127.0.0.1"], { stdio: "ignore", cwd: dir }));
  const ready = () => spawnSync(`${bin}/pg_isready`, ["-h", "127.0.0.1", "-p", String(port)]).status === 0;
  return { ready, url: `postgres://khien@127.0.0.1:${port}/postgres`, stop: () => { server.kill("SIGINT"); } , dir };
}

async function startKhien(data, port, url) {
  const args = ["demo", "--data", data, "--listen", `127.0.0.1:${port}`];
  if (url) args.push("--database-url", url);
  const server = spawn(khien, args, { stdio: ["ignore", "ignore", "inherit"] });
  await until("the web application", async () => {
    if (server.exitCode !== null) throw new Error("FAILED: khien demo ended");
    try {
      return (await (await fetch(`http://127.0.0.1:${port}/healthz`)).text()) === "ok";
    } catch {
      return false;
    }
  });
  return server;
}

async function signIn(browser, base, login) {
  const context = await browser.newContext({ viewport: { width: 1360, height: 860 }, locale: "vi-VN", acceptDownloads: true });
  const page = await context.newPage();
  page.on("pageerror", (error) => { throw error; });
  page.on("request", (request) => {
    if (!request.url().startsWith(base)) throw new Error(`FAILED: the page asked outside: ${request.url()}`);
  });
  await page.goto(`${base}/login`);
  await page.fill("#login", login);
  await page.fill("#password", password);
  await page.click("form.card button");
  await page.waitForURL(`${base}/`);
  return page;
}

const text = (page, selector) => page.locator(selector).first().innerText();

async function clerk(browser, base, shots, work) {
  const page = await signIn(browser, base, "vanthu.stp");
  check("the clerk signs in", (await text(page, "h1")) === "Việc của tôi");
  await page.screenshot({ path: join(shots, "home.png") });

  await page.goto(`${base}/books/den/entries/new`);
  await page.fill("#number_symbol", "901/UBND-NC");
  await page.fill("#doc_date", "2026-01-12");
  await page.fill("#entry_date", "2026-01-14");
  await page.fill("#issuer", "Văn phòng UBND tỉnh Sông Thanh");
  await page.fill("#doc_type", "Công văn");
  await page.selectOption("#level", "mat");
  await page.fill("#subject", "V/v chuẩn bị hồ sơ Đại hội đường thủy");
  await page.fill("#quantity", "1");
  await page.fill("#receiver_sign", "Nguyễn Thị Lam Châu");
  await page.click("form.form button.btn >> nth=0");
  await page.waitForURL(/\/entries\/\d+\?done=entry/);
  check("an incoming document is registered", (await text(page, ".note.good")).includes("Đã vào sổ"));

  await page.goto(`${base}/books/di/entries/new`);
  await page.fill("#number_symbol", "91/BC-STP");
  await page.fill("#entry_date", "2026-01-15");
  await page.fill("#doc_date", "2026-01-15");
  await page.fill("#doc_type", "Báo cáo");
  await page.selectOption("#level", "mat");
  await page.fill("#signer", "Trịnh Văn Lục");
  await page.fill("#recipient", "Văn phòng UBND tỉnh Sông Thanh");
  await page.fill("#subject", "Kết quả rà soát nội bộ năm 2025");
  await page.fill("#quantity", "3");
  await page.fill("#copy_numbers", "");
  await page.fill("#receiver_sign", "");
  await page.fill("#note", "");
  await page.click("form.form button.btn >> nth=0");
  await page.waitForURL(/\/entries\/\d+\?done=entry/);
  await page.click("text=Mở hồ sơ tài liệu");
  await page.waitForURL(/\/documents\/\d+/);
  check("an outgoing document has three copies", (await page.locator("#copies tbody tr").count()) === 3);
  const documentUrl = page.url().split("?")[0];

  await page.goto(`${documentUrl}/transfers/new`);
  await page.locator('input[name="copies"]').first().check();
  await page.fill("#on", "2026-01-16");
  await page.selectOption("#to_kind", "body");
  await page.fill("#to_name", "Văn phòng UBND tỉnh Sông Thanh");
  await page.fill("#receiver_sign", "Bùi Văn Bách Duy");
  await page.click("form.form button.btn");
  await page.waitForURL(/done=transfer/);
  check("one copy is handed over with its signature", (await text(page, "#moves")).includes("Bùi Văn Bách Duy"));
  check("custody balances to zero", (await text(page, "#balance-sum")) === "0");

  await page.goto(`${documentUrl}/copying-permits/new`);
  await page.fill("#decided_on", "2026-01-19");
  await page.fill("#decider_name", "Phó phòng Hư Cấu");
  await page.selectOption("#decider_post", "chu_tich_ubnd_xa");
  await page.fill("#performed_by", "Phạm Văn Bách An");
  await page.click("form.form button.btn");
  const refusal = await text(page, "#problem");
  check(`an incompetent or unknown post is refused with its reason: ${refusal.split("\n")[0]}`, /COPY-0[12]/.test(refusal));
  await page.selectOption("#decider_post", "truong_phong_so");
  await page.fill("#decider_name", "Lê Quang Trúc Hạnh");
  await page.fill("#copies", "2");
  await page.click("form.form button.btn");
  await page.waitForURL(/done=copying/);
  check("a head of phòng may permit copying Mật", (await page.locator("#copies tbody tr").count()) === 5);
  check("custody still balances to zero", (await text(page, "#balance-sum")) === "0");
  await page.screenshot({ path: join(shots, "document.png"), fullPage: true });

  const high = await registerHigh(page, base);
  await page.goto(`${high}/copying-permits/new`);
  await page.fill("#decided_on", "2026-01-21");
  await page.fill("#decider_name", "Lê Quang Trúc Hạnh");
  await page.selectOption("#decider_post", "truong_phong_so");
  await page.fill("#performed_by", "Phạm Văn Bách An");
  await page.click("form.form button.btn");
  const article = await text(page, "#problem");
  check("a head of phòng is refused for Tối mật with the article", article.includes("COPY-01") && /Điều 11/.test(article));
  await page.screenshot({ path: join(shots, "refusal.png") });

  await page.goto(`${base}/books/den?year=2026`);
  await page.fill("#q", "dai hoi duong thuy");
  await page.press("#q", "Enter");
  await page.waitForURL(/q=dai/);
  check("the entry is found without marks", (await text(page, "#entries tbody")).includes("901/UBND-NC"));
  await page.screenshot({ path: join(shots, "search.png") });

  await page.goto(`${base}/books/den?year=2026`);
  await page.screenshot({ path: join(shots, "book.png") });
  await page.goto(`${base}/books/den/print?year=2026`);
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("form[data-download] button.btn >> nth=0")]);
  const pdf = join(work, "book.pdf");
  await download.saveAs(pdf);
  await page.context().close();
  return pdf;
}

async function registerHigh(page, base) {
  await page.goto(`${base}/books/den/entries/new`);
  await page.fill("#number_symbol", "902/CAT-ANCTNB");
  await page.fill("#entry_date", "2026-01-20");
  await page.fill("#doc_date", "2026-01-19");
  await page.fill("#issuer", "Công an tỉnh Sông Thanh");
  await page.selectOption("#level", "toi_mat");
  await page.fill("#subject", "V/v phối hợp kiểm tra");
  await page.click("form.form button.btn >> nth=0");
  await page.waitForURL(/\/entries\/\d+\?done=entry/);
  await page.click("text=Mở hồ sơ tài liệu");
  await page.waitForURL(/\/documents\/\d+/);
  return page.url().split("?")[0];
}

// The printed pages verify with the public key alone; one changed cell does not.
function paper(data, pdf, work) {
  const run = (file) => spawnSync(khien, ["ledger", "check-page", file, "--data", data], { encoding: "utf8" });
  const good = run(pdf);
  check("the printed book verifies", good.status === 0 && good.stdout.includes("PAGE-HOLDS"));
  // The page's text becomes plain, one word of one cell changes, nothing else.
  const plain = join(work, "plain.pdf");
  execFileSync("qpdf", ["--qdf", "--object-streams=disable", pdf, plain], { stdio: "ignore" });
  const bytes = readFileSync(plain, "latin1");
  const words = [...bytes.matchAll(/<([0-9a-f]{16,})>/gi)].map((found) => found[1]);
  check("the PDF has text to change", words.length > 10);
  const word = words[Math.floor(words.length / 2)];
  const swapped = word.slice(4, 8) + word.slice(0, 4) + word.slice(8);
  const changed = join(work, "changed.pdf");
  writeFileSync(changed, bytes.replaceAll(`<${word}>`, `<${swapped}>`), "latin1");
  const bad = run(changed);
  check("one changed cell is refused", bad.status === 1 && bad.stdout.includes("PAGE-DIFFERS"));
}

async function authority(browser, base, shots) {
  const page = await signIn(browser, base, "canbo.pa03");
  await page.goto(`${base}/plans`);
  await page.setInputFiles("#file", { name: "ke-hoach-moi.txt", mimeType: "text/plain", buffer: Buffer.concat([readFileSync(plan), Buffer.from("\n")]) });
  await page.click("form.card button.btn");
  await page.waitForURL(/\/plans\/\d+/);
  const rows = page.locator('input[name="tasks"]');
  check("the plan becomes tasks to review", (await rows.count()) >= 9);
  await page.screenshot({ path: join(shots, "plan.png"), fullPage: true });
  const row = rows.nth(1);
  await row.check();
  const tick = (await row.getAttribute("value")).split(/[^0-9]/)[0];
  await page.fill(`#due-${tick}`, "2026-01-30");
  await page.selectOption(`#units-${tick}`, { label: "Sở Tư pháp tỉnh Sông Thanh" });
  await page.click('button[name="act"][value="assign"]');
  await page.waitForLoadState();
  check("a task is accepted and assigned", (await text(page, "main")).includes("Sở Tư pháp tỉnh Sông Thanh"));
  await page.goto(`${base}/tasks/late`);
  check("the late list names who is late", (await page.locator("table tbody tr").count()) >= 2);
  await page.screenshot({ path: join(shots, "late.png") });
  await page.context().close();
}

async function head(browser, base, shots, work) {
  const page = await signIn(browser, base, "thutruong.stp");
  await page.goto(`${base}/reports/self-inspection?year=2026&from=2025-12-15&to=2026-01-31`);
  await page.screenshot({ path: join(shots, "report.png"), fullPage: true });
  const [download] = await Promise.all([page.waitForEvent("download"), page.click('button[name="format"][value="pdf"]')]);
  const pdf = join(work, "report.pdf");
  await download.saveAs(pdf);
  const words = execFileSync("pdftotext", ["-layout", pdf, "-"], { encoding: "utf8" });
  check("the report follows the outline", /tự kiểm tra/.test(words) && /2\.1\./.test(words));
  await page.context().close();
  return words;
}

// The steps of two-person acts are taken by two accounts.
async function lives(browser, base, shots) {
  const [clerk, officer] = [await signIn(browser, base, "vanthu.stp"), await signIn(browser, base, "canbo.stp")];
  const all = new Lives(base, shots, check);
  await all.mat(clerk, officer);
  await all.tuyetMat(clerk, officer);
  await all.unit(clerk, officer);
  await batch(all, clerk, officer);
  await clerk.context().close();
  await officer.context().close();
}

async function administrator(browser, base) {
  const page = await signIn(browser, base, "quantri");
  const answer = await page.goto(`${base}/books/den`);
  check("the administrator finds no book", answer.status() === 404);
  await page.context().close();
}

// A drafter: an act by number and date, a register line, citations, an item to propose with.
async function drafter(browser, base, shots, work) {
  const page = await signIn(browser, base, "canbo.stp");
  await page.goto(`${base}/law/acts?q=2/ct-ttg`);
  check("two directives of one number are two lines", (await page.locator("#acts tbody tr").count()) === 2);
  await page.click("#acts a >> nth=0");
  check("the page of one names the other", (await text(page, ".note.warn")).includes("02/CT-TTg"));

  await page.goto(`${base}/instruments/new`);
  await page.selectOption("#kind", "chi_thi");
  await page.fill("#number", "44-CT/TU");
  await page.fill("#doc_date", "2024-07-24");
  await page.fill("#issuer", "Ban Thường vụ Tỉnh ủy Sông Thanh");
  await page.fill("#title", "Tăng cường công tác bảo vệ bí mật nhà nước");
  await page.click("form.card button.btn");
  await page.waitForURL(/\/instruments\/\d+\?done=instrument/);
  const cites = join(work, "dan.txt");
  writeFileSync(cites, "Tỉnh Mẫu, ngày 10 tháng 1 năm 2025\nThực hiện Chỉ thị số 44-CT/TU ngày 27/7/2024 của Tỉnh ủy; Chỉ thị số 44-CT/TU ngày 24/7/2024 của Tỉnh ủy\n");
  await page.goto(`${base}/law/citations`);
  await page.setInputFiles("#file", cites);
  await page.click("form.card button.btn");
  await page.waitForSelector("#checked");
  check("a wrong date of the unit's own directive is found", (await text(page, "#citations")).includes("24/07/2024; cần kiểm tra lại"));
  await page.screenshot({ path: join(shots, "citations.png") });

  await page.goto(`${base}/law/catalogues/search?q=${encodeURIComponent("dap an de thi")}`);
  await page.click("#items tbody tr:first-child a.btn");
  await page.waitForURL(/\/dossiers\/new\/classify/);
  check("the item goes into the proposal", (await page.inputValue("#catalogue_item")).startsWith("531/QĐ-TTg|"));
}

async function story(browser, label, port, url) {
  console.log(`${label}:`);
  const work = mkdtempSync(join(tmpdir(), "khien-story-"));
  const data = join(work, "data");
  const shots = join(out, label);
  mkdirSync(shots, { recursive: true });
  const server = await startKhien(data, port, url);
  const base = `http://127.0.0.1:${port}`;
  try {
    const pdf = await clerk(browser, base, shots, work);
    await authority(browser, base, shots);
    const words = await head(browser, base, shots, work);
    await lives(browser, base, shots);
    await watch(base, shots, check, (login) => signIn(browser, base, login), until);
    await administrator(browser, base);
    await drafter(browser, base, shots, work);
    server.kill("SIGTERM");
    await until("the server to stop", () => server.exitCode !== null);
    paper(data, pdf, work);
    cpSync(pdf, join(shots, "book.pdf"));
    cpSync(join(work, "report.pdf"), join(shots, "report.pdf"));
    return words;
  } finally {
    server.kill("SIGKILL");
    rmSync(work, { recursive: true, force: true });
  }
}

// The same story gives the same report; only proof lines name their own ledger.
function figures(words) {
  const lines = words.split("\n").filter((line) => !/[0-9a-f]{16}|Mốc|mốc|khien\//.test(line));
  return createHash("sha256").update(lines.join("\n")).digest("hex");
}

const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
});
let postgres;
try {
  const first = await story(browser, "sqlite", 21000 + (process.pid % 9000), null);
  postgres = startPostgres();
  await until("PostgreSQL", () => postgres.ready());
  const second = await story(browser, "postgres", 31000 + (process.pid % 9000), postgres.url);
  check("both databases give the same report", figures(first) === figures(second));
  console.log(`${passed} passed, 0 failed`);
} finally {
  await browser.close();
  if (postgres) {
    postgres.stop();
    rmSync(postgres.dir, { recursive: true, force: true });
  }
}
