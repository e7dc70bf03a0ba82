// Whole lives of secrets, act by act, as two people of a unit lead them: one Mật
// document from its proposal to its destruction, one Tuyệt mật document from its
// envelope to its declassification, a meeting, a stock-take, a sweep.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const HEAD = { decider_name: "Trịnh Văn Lục", decider_post: "giam_doc_so" };
const CHAIR = { decider_name: "Đỗ Minh Ngân Hà", decider_post: "chu_tich_ubnd_tinh" };
const text = (page, selector) => page.locator(selector).first().innerText();

// Fills a form of a step by the names of its fields; copies are picked by position.
export async function fill(page, values) {
  for (const [name, value] of Object.entries(values)) {
    const field = page.locator(`[name="${name}"]`);
    if (name === "copies") {
      for (const box of await page.locator('input[name="copies"]').all()) await box.uncheck();
      for (const at of value) await field.nth(at).check();
    } else if ((await field.first().getAttribute("type")) === "checkbox") {
      await field.first().check();
    } else if ((await field.first().evaluate((one) => one.tagName)) === "SELECT") {
      await field.first().selectOption(value);
    } else {
      await field.first().fill(String(value));
    }
  }
}

export class Lives {
  constructor(base, shots, check) {
    this.base = base;
    this.shots = shots;
    this.papers = join(shots, "records");
    this.check = check;
    this.acts = 0;
    mkdirSync(this.papers, { recursive: true });
  }

  // Takes a step and prints its record.
  async step(page, url, values, state) {
    await page.goto(url);
    await fill(page, values);
    await page.click("form.form button.btn");
    await page.waitForURL(/\/dossiers\/\d+\?done=step/, { timeout: 15000 }).catch(async () => {
      throw new Error(`FAILED: ${url}: ${await text(page, "#problem")}`);
    });
    this.acts += 1;
    this.check(`${url.replace(this.base, "")} → ${state}`, (await text(page, "#dossier-state")) === state);
    const dossier = page.url().split("?")[0];
    const record = await page.locator('a[href*="/record/"][href$="/pdf"]').last().getAttribute("href");
    const pdf = await page.request.get(this.base + record);
    if (pdf.status() !== 200) throw new Error(`FAILED: ${record}: ${pdf.status()}`);
    const file = join(this.papers, `${String(this.acts).padStart(2, "0")}${record.replaceAll("/", "-").replace(/-pdf$/, "")}.pdf`);
    writeFileSync(file, await pdf.body());
    const words = execFileSync("pdftotext", ["-layout", file, "-"], { encoding: "utf8" });
    if (!/Người ghi/i.test(words)) throw new Error(`FAILED: ${record} has no signature block`);
    return dossier;
  }

  // A step that is refused, by its code.
  async refused(page, url, values, code, what) {
    await page.goto(url);
    await fill(page, values);
    await page.click("form.form button.btn");
    const problem = await text(page, "#problem");
    this.check(`${what}: ${code}`, problem.includes(code));
    return problem;
  }

  async register(page, book, values) {
    await page.goto(`${this.base}/books/${book}/entries/new`);
    await fill(page, values);
    await page.click("form.form button.btn >> nth=0");
    await page.waitForURL(/\/entries\/\d+\?done=entry/);
    await page.click("text=Mở hồ sơ tài liệu");
    await page.waitForURL(/\/documents\/\d+/);
    return page.url().split("?")[0];
  }

  async mat(clerk, officer) {
    const { base } = this;
    const propose = {
      on: "2026-01-05", carrier: "document", matter: "Báo cáo rà soát nội bộ", sphere: "kinh_te", level: "mat",
      drafter: "Phạm Văn Bách An", recipients: "Văn phòng UBND tỉnh Sông Thanh", issued_copies: "4", copying: "copying_allowed",
    };
    const stopped = await this.refused(clerk, `${base}/dossiers/new/classify`, propose, "ACT-13", "no item of a catalogue is stopped");
    this.check("the stop says what is forbidden", stopped.includes("ngoài danh mục"));
    let dossier = await this.step(clerk, `${base}/dossiers/new/classify`, { ...propose, catalogue_item: "960/QĐ-TTg|Điều 2|khoản 1" }, "Đã đề xuất");
    dossier = await this.step(officer, `${dossier}/steps/decide`, { on: "2026-01-06", outcome: "agreed", ...HEAD }, "Đã xác định");
    const document = await this.register(clerk, "di", {
      number_symbol: "95/BC-STP", entry_date: "2026-01-07", doc_date: "2026-01-07", doc_type: "Báo cáo", level: "mat",
      signer: "Trịnh Văn Lục", recipient: "Văn phòng UBND tỉnh Sông Thanh", subject: "Rà soát nội bộ", quantity: "4", copy_numbers: "", receiver_sign: "", note: "",
    });
    await this.step(clerk, `${dossier}/steps/registered`, { on: "2026-01-07", number_symbol: "95/BC-STP" }, "Đã đăng ký");
    const open = (kind) => `${document}/dossiers/${kind}`;

    dossier = await this.step(clerk, open("dispatch"), { on: "2026-01-08", recipient: "Văn phòng UBND tỉnh Sông Thanh", carried_by: "clerk", packing_checked: "yes" }, "Đã đóng bì");
    await this.step(clerk, `${dossier}/steps/hand_over`, { on: "2026-01-08", copies: [0], receiver_sign: "Bùi Văn Bách Duy" }, "Đã giao, chờ xác nhận");
    await this.step(clerk, `${dossier}/steps/acknowledge`, { on: "2026-01-09", received_by: "Bùi Văn Bách Duy" }, "Nơi nhận đã xác nhận");
    await this.step(clerk, open("cite_item"), { on: "2026-01-09", catalogue_item: "960/QĐ-TTg|Điều 2|khoản 1" }, "Đã ghi");
    await this.step(clerk, open("shelve"), { on: "2026-01-09", copies: [1, 2, 3], container_code: "KET-01" }, "Đã xếp");

    const copying = { on: "2026-01-12", ...HEAD, made_copies: "2", recipients: "Phòng Nghiệp vụ", performed_by: "Phạm Văn Bách An", offline_device: "yes", part: "Mục II, trang 3" };
    dossier = await this.step(officer, open("extract"), copying, "Đã cho phép");
    await this.step(clerk, `${dossier}/steps/surplus`, { on: "2026-01-12", surplus_copies: "1", method: "Cắt nhỏ", witness: "Lê Quang Trúc Hạnh" }, "Đã cho phép");
    await this.step(clerk, `${dossier}/steps/finish`, { on: "2026-01-12" }, "Đã xong");

    const request = {
      on: "2026-01-13", requester_kind: "body", requester_name: "Công an tỉnh Sông Thanh", representative: "Ngô Văn Đức Thắng",
      asked_for: "Một bản báo cáo", purpose: "Phối hợp kiểm tra", undertaking: "yes",
    };
    dossier = await this.step(clerk, open("provide"), request, "Chờ quyết định");
    await this.refused(officer, `${dossier}/steps/decide`, { on: "2026-01-14", outcome: "granted", decider_name: "Người Thử", decider_post: "chu_tich_ubnd_xa", granted_copies: "1" }, "ACT-02", "a post whose power the law of that day does not tell is not guessed");
    await this.step(officer, `${dossier}/steps/decide`, { on: "2026-01-14", outcome: "granted", ...HEAD, granted_copies: "1" }, "Đã đồng ý");
    await this.refused(clerk, `${dossier}/steps/deliver`, { on: "2026-01-15", copies: [1, 2], receiver_sign: "Ngô Văn Đức Thắng" }, "ACT-10", "more copies than granted are not delivered");
    await this.step(clerk, `${dossier}/steps/deliver`, { on: "2026-01-15", copies: [1], receiver_sign: "Ngô Văn Đức Thắng" }, "Đã giao");

    dossier = await this.step(clerk, open("carry_out"), {
      on: "2026-01-16", bearer_name: "Lê Quang Trúc Hạnh", bearer_post: "Trưởng phòng", purpose: "Họp", destination: "Hà Nội",
      from_day: "2026-01-19", return_by: "2026-01-21", measures: "Cặp có khóa, đi xe cơ quan",
    }, "Chờ quyết định");
    await this.refused(clerk, `${dossier}/steps/take_out`, { on: "2026-01-16", copies: [2], container_sealed: "yes", receiver_sign: "Lê Quang Trúc Hạnh" }, "ACT-05", "nothing is taken out before the decision");
    await this.step(officer, `${dossier}/steps/decide`, { on: "2026-01-16", outcome: "granted", ...HEAD }, "Đã đồng ý");
    await this.step(clerk, `${dossier}/steps/take_out`, { on: "2026-01-19", copies: [2], container_sealed: "yes", receiver_sign: "Lê Quang Trúc Hạnh" }, "Đang ở ngoài");
    await this.step(clerk, `${dossier}/steps/bring_back`, { on: "2026-01-21", copies: [2], receiver_sign: "Phạm Văn Bách An" }, "Đã mang về, chờ báo cáo");
    await this.step(clerk, `${dossier}/steps/report_use`, { on: "2026-01-21", use_report: "Chỉ dùng trong phòng họp", reported_to: "Trịnh Văn Lục" }, "Đã nộp lại và báo cáo");

    dossier = await this.step(clerk, open("adjust"), { on: "2026-01-22", level: "toi_mat", catalogue_item: "960/QĐ-TTg|Điều 1|khoản 2", sphere: "kinh_te", reason: "Nội dung thuộc mục cao hơn" }, "Đã đề xuất");
    await this.refused(clerk, `${dossier}/steps/decide`, { on: "2026-01-23", outcome: "granted", decision_number: "11/QĐ-STP", ...HEAD }, "ACT-06", "who proposed does not decide");
    await this.step(officer, `${dossier}/steps/decide`, { on: "2026-01-23", outcome: "granted", decision_number: "11/QĐ-STP", ...HEAD }, "Đã quyết định, chờ thông báo");
    await this.step(clerk, `${dossier}/steps/notify`, { on: "2026-01-26", notice_number: "12/TB-STP", recipients: "Các nơi nhận", stamped: "yes" }, "Đã thông báo, chờ xác nhận");
    await this.step(clerk, `${dossier}/steps/confirm`, { on: "2026-02-02", confirmations: "Đủ 02 nơi nhận" }, "Nơi nhận đã xác nhận");
    await clerk.goto(document);
    this.check("the document now is Tối mật", (await text(clerk, "main")).includes("Tối mật"));

    dossier = await this.step(clerk, open("extend"), { on: "2026-02-03", reason: "Còn cần bảo vệ", until: "2060-01-07" }, "Đã đề xuất");
    await this.step(officer, `${dossier}/steps/decide`, { on: "2026-02-04", outcome: "granted", decision_number: "13/QĐ-STP", ...HEAD }, "Đã quyết định, chờ thông báo");
    await this.step(clerk, `${dossier}/steps/notify`, { on: "2026-02-05", notice_number: "14/TB-STP", recipients: "Các nơi nhận", stamped: "yes" }, "Đã thông báo, chờ xác nhận");

    await this.refused(clerk, `${document}/dossiers/destroy`, { on: "2026-02-09", decision_number: "15/QĐ-STP", chair: "", keeper: "Phạm Văn Bách An", members: "Lê Quang Trúc Hạnh", reason: "Bản thừa" }, "ACT-03", "a council without a chair is none");
    dossier = await this.step(clerk, open("destroy"), { on: "2026-02-09", decision_number: "15/QĐ-STP", chair: "Trịnh Văn Lục", keeper: "Phạm Văn Bách An", members: "Lê Quang Trúc Hạnh", reason: "Bản thừa" }, "Đã lập hội đồng");
    await this.step(clerk, `${dossier}/steps/minutes`, { on: "2026-02-10", minutes_number: "01/BB", copies: [2, 3], council_view: "council_agrees" }, "Đã có biên bản hội đồng");
    await this.step(officer, `${dossier}/steps/decide`, { on: "2026-02-11", outcome: "granted", decision_number: "16/QĐ-STP", ...HEAD }, "Đã quyết định, chờ thông báo");
    await this.step(clerk, `${dossier}/steps/carry_out`, { on: "2026-02-12", copies: [2, 3], minutes_number: "02/BB", method: "shredded", performed_by: "Phạm Văn Bách An", witness: "Lê Quang Trúc Hạnh", not_restorable: "yes" }, "Đã tiêu hủy");
    await clerk.goto(document);
    this.check("custody still balances to zero", (await text(clerk, "#balance-sum")) === "0");
    await clerk.goto(`${document}/transfers/new`);
    this.check("a destroyed copy is not offered for hand-over", (await clerk.locator('input[name="copies"]').count()) === 4);
    await clerk.goto(document);
    this.check("destroyed copies stay on record", (await text(clerk, "#copies")).includes("Đã tiêu hủy"));
    await clerk.screenshot({ path: join(this.shots, "life-mat.png"), fullPage: true });
  }

  async tuyetMat(clerk, officer) {
    const { base } = this;
    const received = await this.register(clerk, "den", {
      number_symbol: "03/TM-CAT", entry_date: "2026-01-08", doc_date: "2026-01-07", issuer: "Công an tỉnh Sông Thanh", doc_type: "Báo cáo",
      level: "tuyet_mat", quantity: "2", copy_numbers: "", receiver_sign: "", note: "",
    });
    const open = (kind) => `${received}/dossiers/${kind}`;
    let dossier = await this.step(clerk, open("receipt"), { on: "2026-01-08", outcome: "opened", found: "Mép bì rách 2 cm", reported_to: "Trịnh Văn Lục" }, "Có sự cố, chưa xử lý xong");
    await this.step(clerk, `${dossier}/steps/settle`, { on: "2026-01-09", remedy: "Nơi gửi xác nhận đủ, lập biên bản" }, "Đã xử lý");
    dossier = await this.step(clerk, open("photograph"), { on: "2026-01-12", ...CHAIR, made_copies: "1", recipients: "Giám đốc", performed_by: "Phạm Văn Bách An", offline_device: "yes" }, "Đã cho phép");
    await this.refused(clerk, open("photograph"), { on: "2026-01-12", ...HEAD, made_copies: "1", recipients: "Giám đốc", performed_by: "Phạm Văn Bách An", offline_device: "yes" }, "ACT-01", "a head of a sở may not permit photographing Tuyệt mật");
    await this.step(clerk, `${dossier}/steps/finish`, { on: "2026-01-12" }, "Đã xong");
    await this.step(clerk, open("surplus"), { on: "2026-01-12", surplus_copies: "1", method: "Cắt nhỏ", witness: "Lê Quang Trúc Hạnh" }, "Đã tiêu hủy");
    dossier = await this.step(clerk, open("provide_foreign"), {
      on: "2026-01-13", requester_kind: "body", requester_name: "Phái đoàn Hư Cấu", representative: "Người Đại Diện", nationality: "Hư Cấu", lead_body: "Sở Tư pháp",
      programme: "Chương trình hợp tác giả định", asked_for: "Một bản", purpose: "Hợp tác", undertaking: "yes", no_third_party: "yes",
    }, "Chờ quyết định");
    await this.refused(officer, `${dossier}/steps/decide`, { on: "2026-01-14", outcome: "granted", ...CHAIR, granted_copies: "1" }, "ACT-01", "only the Prime Minister may give Tuyệt mật to foreigners");
    await this.step(officer, `${dossier}/steps/decide`, { on: "2026-01-14", outcome: "refused", ...CHAIR, reason: "Không đủ căn cứ" }, "Không đồng ý");
    dossier = await this.step(clerk, open("carry_abroad"), {
      on: "2026-01-15", bearer_name: "Lê Quang Trúc Hạnh", bearer_post: "Trưởng phòng", purpose: "Công tác", destination: "Nước ngoài",
      from_day: "2026-01-19", return_by: "2026-01-25", measures: "Hòm khóa, giao liên ngoại giao",
    }, "Chờ quyết định");
    await this.step(officer, `${dossier}/steps/decide`, { on: "2026-01-16", outcome: "granted", ...CHAIR, delegation_head: "Đỗ Minh Ngân Hà" }, "Đã đồng ý");
    await this.step(clerk, `${dossier}/steps/take_out`, { on: "2026-01-19", copies: [0], container_sealed: "yes", receiver_sign: "Lê Quang Trúc Hạnh" }, "Đang ở ngoài");
    await this.step(clerk, `${dossier}/steps/incident`, { on: "2026-01-20", fault: "damaged", found: "Bì bị ướt", reported_to: "Đỗ Minh Ngân Hà" }, "Lộ, mất: đang xử lý");
    await this.step(clerk, `${dossier}/steps/bring_back`, { on: "2026-01-25", copies: [0], receiver_sign: "Phạm Văn Bách An" }, "Đã mang về, chờ báo cáo");
    await this.step(clerk, `${dossier}/steps/report_use`, { on: "2026-01-26", use_report: "Đã nộp lại", reported_to: "Trịnh Văn Lục" }, "Đã nộp lại và báo cáo");
    dossier = await this.step(clerk, open("recall"), { on: "2026-01-27", return_by: "2026-02-10" }, "Phải trả");
    await this.step(clerk, `${dossier}/steps/give_back`, { on: "2026-02-02", copies: [0], recipient: "Công an tỉnh Sông Thanh", receiver_sign: "Ngô Văn Đức Thắng" }, "Đã trả lại");
    await this.step(clerk, open("remark"), { on: "2026-02-05", about: "extended", notice_number: "21/TB-CAT", notice_from: "Công an tỉnh Sông Thanh", decided_on: "2026-02-03", until: "2080-01-07", stamped: "yes" }, "Đã đóng dấu");
    await this.step(clerk, open("deposit"), { on: "2026-02-09", copies: [2], archive: "Lưu trữ lịch sử tỉnh Sông Thanh", minutes_number: "03/BB", receiver_sign: "Hà Thị Ngọc Ánh" }, "Đã nộp lưu");
    dossier = await this.step(clerk, open("destroy_urgent"), { on: "2026-02-16", copies: [1], reason: "Nước lũ vào kho", method: "burnt", performed_by: "Phạm Văn Bách An", not_restorable: "yes" }, "Đã tiêu hủy");
    await this.step(clerk, `${dossier}/steps/report`, { on: "2026-02-16", report_number: "22/BC-STP", reported_to: "Trịnh Văn Lục" }, "Đã báo cáo");
    await this.step(clerk, open("remark"), { on: "2026-02-20", about: "declassified", notice_number: "23/TB-CAT", notice_from: "Công an tỉnh Sông Thanh", decided_on: "2026-02-18", stamped: "yes" }, "Đã đóng dấu");
    await clerk.goto(received);
    this.check("the document is declassified", (await text(clerk, "#status")) === "Đã giải mật");
    this.check("nothing more is opened for it but what follows an end", (await clerk.locator(`a[href$="/dossiers/provide"]`).count()) === 0);
    this.check("its custody balances to zero", (await text(clerk, "#balance-sum")) === "0");
    await clerk.screenshot({ path: join(this.shots, "life-tuyet-mat.png"), fullPage: true });

    const issued = await this.register(clerk, "di", {
      number_symbol: "04/TM-STP", entry_date: "2026-01-12", doc_date: "2026-01-12", doc_type: "Kế hoạch", level: "tuyet_mat",
      signer: "Trịnh Văn Lục", recipient: "Đỗ Minh Ngân Hà", quantity: "1", copy_numbers: "", receiver_sign: "", note: "", subject: "",
    });
    dossier = await this.step(clerk, `${issued}/dossiers/dispatch`, { on: "2026-01-13", recipient: "UBND tỉnh Sông Thanh", named_opener: "Đỗ Minh Ngân Hà", carried_by: "courier", packing_checked: "yes", return_by: "2026-02-02" }, "Đã đóng bì");
    this.check("the record says how Tuyệt mật is packed", /ngoài bì: A/.test(await text(clerk, "main")));
    await this.step(clerk, `${dossier}/steps/hand_over`, { on: "2026-01-13", copies: [0], receiver_sign: "Bùi Văn Bách Duy" }, "Đã giao, chờ xác nhận");
    await this.step(clerk, `${dossier}/steps/acknowledge`, { on: "2026-01-14", received_by: "Đỗ Minh Ngân Hà" }, "Nơi nhận đã xác nhận, chờ trả");
    await this.step(clerk, `${dossier}/steps/return`, { on: "2026-02-02", copies: [0], receiver_sign: "Phạm Văn Bách An" }, "Đã trả lại");
    dossier = await this.step(clerk, `${issued}/dossiers/declassify`, { on: "2026-02-10", decision_number: "24/QĐ-STP", chair: "Trịnh Văn Lục", members: "Lê Quang Trúc Hạnh; Phạm Văn Bách An", reason: "Cần công bố" }, "Đã lập hội đồng");
    await this.step(clerk, `${dossier}/steps/minutes`, { on: "2026-02-11", minutes_number: "25/BB", extent: "whole", council_view: "council_agrees" }, "Đã có biên bản hội đồng");
    await this.step(officer, `${dossier}/steps/decide`, { on: "2026-02-12", outcome: "granted", decision_number: "26/QĐ-STP", ...HEAD }, "Đã quyết định, chờ thông báo");
    await this.step(clerk, `${dossier}/steps/notify`, { on: "2026-02-13", notice_number: "27/TB-STP", recipients: "UBND tỉnh Sông Thanh", stamped: "yes" }, "Đã thông báo, chờ xác nhận");
    await this.step(clerk, `${dossier}/steps/confirm`, { on: "2026-02-20", confirmations: "UBND tỉnh" }, "Nơi nhận đã xác nhận");
  }

  // The same act by JSON: opened, led on, refused out of order, stale when somebody was faster.
  async json(clerk) {
    const at = `${this.base}/api/v1/dossiers`;
    const { csrf } = await (await clerk.request.get(`${this.base}/api/v1/me`)).json();
    const post = (url, form) => clerk.request.post(url, { form, headers: { "x-csrf-token": csrf, origin: this.base } });
    const opened = await post(`${at}/new/container`, { on: "2026-01-06", container_code: "TU-02", container_kind: "cupboard", place: "Phòng 2", keeper: "Phạm Văn Bách An", protection_plan: "36/PA-STP" });
    this.check("a dossier is opened by JSON", opened.status() === 201);
    const { dossier } = await opened.json();
    const retire = { on: "2026-01-07", reason: "Hỏng khóa", emptied: "yes" };
    this.check("a step that knows less is stale", (await post(`${at}/${dossier}/steps/retire`, { ...retire, seen: "0" })).status() === 409);
    this.check("a step is taken by JSON", (await post(`${at}/${dossier}/steps/retire`, { ...retire, seen: "1" })).status() === 200);
    const again = await post(`${at}/${dossier}/steps/retire`, { ...retire, seen: "2" });
    this.check("a step out of order is refused with its code", again.status() === 422 && (await again.json()).error === "ACT-05");
    const read = await (await clerk.request.get(`${at}/${dossier}`)).json();
    this.check("the dossier is read as JSON", read.closed && read.steps.length === 2 && read.steps[0].values.container_code === "TU-02");
  }

  async unit(clerk, officer) {
    const { base } = this;
    let dossier = await this.step(clerk, `${base}/dossiers/new/meeting`, {
      on: "2026-01-05", matter: "Hội nghị chuyên đề", level: "toi_mat", foreign: "no_foreign", meeting_day: "2026-01-20", days: "2", place: "Hội trường A", place_kind: "elsewhere", attendees: "30 người theo danh sách", online: "in_room",
    }, "Đã lập kế hoạch");
    await this.step(officer, `${dossier}/steps/consent`, { on: "2026-01-07", outcome: "granted", ...HEAD }, "Đã được phép");
    const ready = { on: "2026-01-19", place_check: "PA03, 31/BB", wired_microphones: "yes", equipment_check: "PA03, 32/BB", protection_plan: "33/PA-STP", sealing: "Niêm phong cửa" };
    await this.refused(clerk, `${dossier}/steps/prepare`, { ...ready, device_rule: "chair_decides" }, "ACT-23", "devices are forbidden at Tối mật");
    await this.step(clerk, `${dossier}/steps/prepare`, { ...ready, device_rule: "devices_forbidden" }, "Đã chuẩn bị xong");
    await this.step(clerk, `${dossier}/steps/hold`, { on: "2026-01-21", attended: "30", devices_kept: "28", given_documents: "30", sealed_each_day: "yes" }, "Đã họp, chờ thu hồi tài liệu");
    await this.step(clerk, `${dossier}/steps/recover`, { on: "2026-01-21", recovered_documents: "30" }, "Đã thu hồi tài liệu");
    await this.step(officer, `${base}/dossiers/new/delegation`, { on: "2026-01-05", decision_number: "34/QĐ-STP", ...HEAD, deputy_name: "Vũ Thị Lan Chi", deputy_post: "pho_giam_doc_so", act: "copy", level: "mat", scope: "Tài liệu của Sở", until: "2026-12-31" }, "Đang có hiệu lực");
    await this.step(clerk, `${base}/dossiers/new/container`, { on: "2026-01-05", container_code: "KET-01", container_kind: "safe", place: "Phòng Văn thư", keeper: "Phạm Văn Bách An", protection_plan: "35/PA-STP" }, "Đang sử dụng");
    await this.step(clerk, `${base}/dossiers/new/stamp`, { on: "2026-01-05", stamp: "level_mat", generation: "2020", container_code: "KET-01", keeper: "Phạm Văn Bách An", impression_checked: "yes" }, "Đang giữ");
    await clerk.goto(`${base}/books/di/years/2025`);
    const prepared = new URL(await clerk.getAttribute('a[href*="year_close"]', "href"), base);
    const last = Number(prepared.searchParams.get("last_serial"));
    const closing = { on: "2026-01-05", book: "di", year: "2025", last_serial: String(last), pages: "4", closed_by: "Phạm Văn Bách An" };
    await this.refused(clerk, `${base}/dossiers/new/year_close`, { ...closing, last_serial: String(last + 1) }, "BOOK-19", "a book is closed with its own last number");
    await this.step(clerk, `${base}/dossiers/new/year_close`, closing, "Đã khóa");
    const late = { entry_date: "2025-12-30", number_symbol: "999/KH-STP", doc_date: "2025-12-30", level: "mat", doc_type: "Kế hoạch", signer: "Giám đốc", recipient: "Công an tỉnh" };
    const locked = await this.refused(clerk, `${base}/books/di/entries/new`, late, "BOOK-17", "a closed book takes no number");
    this.check("the refusal names the year and the day of closing", locked.includes("2025") && locked.includes("05/01/2026") || locked.includes("5/1/2026"));
    await this.step(clerk, `${base}/dossiers/new/catalogue_proposal`, { on: "2026-01-05", change: "add_item", sphere: "kinh_te", proposed_words: "Nhóm thông tin giả định", level: "mat", reason: "Chưa có trong danh mục" }, "Đã đề xuất");
    await this.step(clerk, `${base}/dossiers/new/undetermined`, { on: "2026-01-05", matter: "Thông tin nhận qua bưu điện", source: "Bưu điện", catalogue_item: "960/QĐ-TTg|Điều 2", reported_to: "Trịnh Văn Lục", protected_meanwhile: "yes" }, "Đã báo cáo");

    const digest = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";
    dossier = await this.step(clerk, `${base}/dossiers/new/publish`, { on: "2026-01-05", matter: "Kế hoạch đào tạo năm 2026", drafted_by: "Phạm Văn Bách An", channel: "own_portal" }, "Đã đề nghị, chờ soát");
    await this.refused(clerk, `${dossier}/steps/check`, { on: "2026-01-05", file_digest: "9f86", gate_answer: "gate_allow" }, "ACT-28", "the gate's answer is tied to one file");
    await this.step(clerk, `${dossier}/steps/check`, { on: "2026-01-05", file_digest: digest, gate_answer: "gate_review" }, "Đã soát, chờ quyết định");
    await this.step(officer, `${dossier}/steps/decide`, { on: "2026-01-06", outcome: "granted", decider_name: HEAD.decider_name, decider_post: HEAD.decider_post, reason: "Đã xem từng trang, không có dấu mật" }, "Được công bố, chưa ghi nơi đăng");
    await this.step(clerk, `${dossier}/steps/publish`, { on: "2026-01-06", address: "https://stp.tinhmau.example/tin/1" }, "Đã đăng");
    await clerk.goto(`${base}/equipment`);
    this.check("the check of books, stamps and forms shows the stamp that was taken in", (await text(clerk, "#equipment-stamps")).includes("1 (2020)"));
    this.check("four books, nineteen forms", (await clerk.locator("#equipment-books tbody tr").count()) === 4 && (await clerk.locator("#equipment-forms tbody tr").count()) === 19);
    await clerk.screenshot({ path: join(this.shots, "equipment.png"), fullPage: true });

    await this.json(clerk);

    await clerk.goto(`${base}/stock-takes`);
    await fill(clerk, { led_by: "Trịnh Văn Lục", members: "Phạm Văn Bách An, Lê Quang Trúc Hạnh" });
    await clerk.click("form.form button.btn");
    await clerk.waitForURL(/\/stock-takes\/\d+/);
    const stock = clerk.url();
    await clerk.locator('input[name="copy"]').nth(0).check();
    await clerk.selectOption("#result", "seen");
    await clerk.click('form[action$="/marks"] button.btn');
    await clerk.waitForURL(/done=stock/);
    await clerk.locator('input[name="copy"]').nth(0).check();
    await clerk.selectOption("#result", "not_seen");
    await clerk.click('form[action$="/marks"] button.btn');
    this.check("a copy not seen needs a word", (await text(clerk, "#problem")).includes("HOLD-04"));
    await clerk.goto(stock);
    await clerk.screenshot({ path: join(this.shots, "stock.png") });
    await clerk.click('form[action$="/close"] button');
    await clerk.waitForURL(/done=stock/);
    await clerk.goto(`${stock}?result=not_seen`);
    this.check("what nobody saw is not seen", (await clerk.locator("#stock-lines tbody tr").count()) > 0);

    await clerk.goto(`${base}/sweeps`);
    await fill(clerk, { catalogue: "960/QĐ-TTg", replaced_by: "1000/QĐ-TTg" });
    await clerk.click("form.form button.btn");
    await clerk.waitForURL(/\/sweeps\/\d+/);
    this.check("the sweep finds what cites the old catalogue", (await text(clerk, "#sweep-items")).includes("95/BC-STP"));
    await clerk.screenshot({ path: join(this.shots, "sweep.png") });
    for (const [path, name] of [["/dossiers", "dossiers"], ["/terms", "terms"], ["/holdings?year=2026", "holdings"], ["/", "home-acts"]]) {
      await clerk.goto(base + path);
      await clerk.screenshot({ path: join(this.shots, `${name}.png`), fullPage: true });
    }
  }
}
