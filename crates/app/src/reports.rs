//! The self-inspection report: figures out of the books and registers, on the
//! outline of a provincial plan. What has no source in the program stays blank.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use domain::Fact;
use domain::access::{Action, Role};
use law::{BookKind, Citation, LegalDate, Level};
use print::report::{Fill, Header, Outline, Proof, SelfInspection, Signer};
use store::papers::{KeepingRow, PlanTasksRow, TermsRow};

use crate::evidence::Signed;
use crate::papers::{DOCX, PDF, Paper, blocking, day, state};
use crate::{Act, App, AppError, Who};

/// Kind of the event that records the making of a report.
pub const REPORT_MADE: &str = "report.made";
/// Duty whose window the report takes by default.
const DUTY: &str = "annual_report";
/// Body of the national rule.
const NATIONAL_BODY: &str = "ubnd_tinh";
/// Longest window of one report: more than the five years between two reviews.
const WINDOW_DAYS_MAX: i32 = 366 * 6;

/// Days that a report covers, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    pub from: LegalDate,
    pub to: LegalDate,
}

/// A window that a rule names, or the honest "not known".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WindowRule {
    /// Province of the rule; `None` for the whole country.
    pub province: Option<String>,
    pub year: i16,
    /// `None` when the text of the rule is not at hand.
    pub window: Option<Window>,
    /// Last day to send the report.
    pub by: Option<LegalDate>,
    pub because: Vec<Citation>,
    pub notes: Vec<String>,
}

/// Which file is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    Pdf,
    Docx,
}

impl Format {
    pub fn parse(code: &str) -> Option<Self> {
        match code {
            "pdf" => Some(Self::Pdf),
            "docx" => Some(Self::Docx),
            _ => None,
        }
    }
}

/// Lines of one book in one year.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct YearFigures {
    pub year: i64,
    /// Tuyệt mật, Tối mật, Mật.
    pub levels: [i64; 3],
    pub lines: i64,
    pub copies: i64,
}

/// How a book was kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BookFigures {
    pub kind: BookKind,
    pub editions: Vec<String>,
    pub keeping: KeepingRow,
    pub years: Vec<YearFigures>,
}

/// Every figure of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    pub window: Window,
    /// The four books, in the order of the law.
    pub books: Vec<BookFigures>,
    /// Level, permissions, copies.
    pub permits: Vec<(String, i64, i64)>,
    pub terms: Vec<TermsRow>,
    pub tasks: Vec<PlanTasksRow>,
}

/// A table as screens and papers show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// Item of the outline that it belongs to.
    pub key: &'static str,
    pub caption: String,
    pub columns: Vec<String>,
    pub rows: Vec<Vec<String>>,
}

impl App {
    /// The windows that rules name for a report of a year: the national one first.
    pub fn report_windows(&self, who: &Who, year: i16) -> Result<Vec<WindowRule>, AppError> {
        who.require(Action::Report)?;
        let mut found = vec![rule(None, year, self.law.due(DUTY, NATIONAL_BODY, year))];
        let mut provinces: BTreeMap<&str, &str> = BTreeMap::new();
        for key in self.law.due_keys().filter(|key| key.duty == DUTY) {
            if let Some(province) = &key.province {
                let body = provinces.entry(province).or_insert(&key.body);
                if key.body == who.unit.kind {
                    *body = &key.body;
                }
            }
        }
        for (province, body) in provinces {
            let due = self.law.due_in_province(province, DUTY, body, year);
            found.push(rule(Some(province.to_owned()), year, due));
        }
        Ok(found)
    }

    /// The figures of a window.
    ///
    /// # Errors
    /// `REPORT-WINDOW` when the days are not in order or too many.
    pub async fn report_figures(&self, who: &Who, window: Window) -> Result<Figures, AppError> {
        who.require(Action::Report)?;
        let days = window.to.days_since(window.from);
        if !(0..=WINDOW_DAYS_MAX).contains(&days) {
            return Err(AppError::Input {
                code: "REPORT-WINDOW",
                what: String::new(),
            });
        }
        let unit = who.actor.unit;
        let (from, to) = (window.from.to_string(), window.to.to_string());
        let today = self.today()?.to_string();
        let mut books = Vec::new();
        for kind in BookKind::ALL {
            books.push(BookFigures {
                kind: *kind,
                editions: self.db.editions(unit, kind.code(), &from, &to).await?,
                keeping: self.db.keeping(unit, kind.code(), &from, &to).await?,
                years: years(
                    &self
                        .db
                        .entry_figures_by_year(unit, kind.code(), &from, &to)
                        .await?,
                ),
            });
        }
        let mut permits = self.db.permits_by_level(unit, &from, &to).await?;
        let mut terms = self.db.terms(unit, &to).await?;
        permits.sort_by_key(|(level, ..)| place(level));
        terms.sort_by_key(|row| place(&row.level));
        Ok(Figures {
            window,
            books,
            permits,
            terms,
            tasks: self.db.plan_tasks(unit, &from, &to, &today).await?,
        })
    }

    /// Makes the report of a window. The making is an event of the ledger that
    /// commits to the figures; the paper names the state of the log behind them.
    pub async fn self_inspection(
        &self,
        who: &Who,
        window: Window,
        format: Format,
    ) -> Result<Paper, AppError> {
        who.require(Action::Report)?;
        let Ok(mut act) = self.begin(who, None).await? else {
            return Err(AppError::Stale);
        };
        let figures = self.report_figures(who, window).await?;
        let today = act.today;
        let object = format!("report:{}:{}:{}", who.actor.unit, window.from, window.to);
        record(&mut act, who, &figures, &object);
        act.finish("made").await?;
        let signed = self.checkpoint().await?;
        let newest = self.db.events_of_object(&object).await?.into_iter().next();
        let event = newest.ok_or(AppError::Absent)?;
        let qr = self.qr_text(&signed, event).await?;
        let report = self.paper(who, &figures, &signed, qr, today)?;
        let (media_type, extension) = match format {
            Format::Pdf => (PDF, "pdf"),
            Format::Docx => (DOCX, "docx"),
        };
        let bytes = blocking(move || match format {
            Format::Pdf => print::report::pdf(&report),
            Format::Docx => print::report::docx(&report),
        })
        .await??;
        Ok(Paper {
            file_name: format!(
                "bao-cao-tu-kiem-tra-{}-{}.{extension}",
                window.from, window.to
            ),
            media_type,
            bytes,
        })
    }

    fn paper(
        &self,
        who: &Who,
        figures: &Figures,
        signed: &Signed,
        qr: String,
        today: LegalDate,
    ) -> Result<SelfInspection, AppError> {
        let Outline { subject, sections } = self.outline(figures.window)?;
        let mut report = SelfInspection {
            header: Header {
                parent: Some(who.unit.parent_name.clone()).filter(|name| !name.is_empty()),
                unit: who.unit.name.clone(),
                place: Some(who.unit.place.clone()).filter(|place| !place.is_empty()),
                ..Header::default()
            },
            subject,
            period: Some((figures.window.from, figures.window.to)),
            opening: vec![format!(
                "Thực hiện Kế hoạch số ……/KH-UBND ngày …/…/…… của Ủy ban nhân dân tỉnh về kiểm tra việc chấp hành các \
                 quy định của pháp luật về bảo vệ bí mật nhà nước và công tác đảm bảo an toàn, an ninh mạng, {} tự kiểm \
                 tra, báo cáo kết quả như sau:",
                who.unit.name
            )],
            sections,
            closing: Vec::new(),
            recipients: vec!["Đoàn kiểm tra".to_owned(), "Lưu: VT".to_owned()],
            signer: self.signer_block(who),
            proof: Some(Proof {
                checkpoint: state(signed),
                qr: Some(qr),
            }),
            date: today,
        };
        for (key, mut fill) in fills(figures) {
            if PARTLY.contains(&key) {
                fill.push(Fill::Blank);
            }
            if !report.fill(key, fill) {
                return Err(AppError::Input {
                    code: "REPORT-OUTLINE",
                    what: key.to_owned(),
                });
            }
        }
        Ok(report)
    }

    /// The outline in the words of the law at the end of the window.
    fn outline(&self, window: Window) -> Result<Outline, AppError> {
        let old = self
            .law
            .regime_on(window.to)
            .is_some_and(|regime| regime.id == "2018");
        Ok(if old {
            print::report::outline()?
        } else {
            print::report::outline_from_2026()?
        })
    }

    /// The head of the unit signs; anybody else leaves the name to be filled in.
    fn signer_block(&self, who: &Who) -> Signer {
        let post = self
            .law
            .post(&who.actor.post)
            .map(|post| post.label_vi.clone());
        match (who.actor.role, post) {
            (Role::ThuTruong, Some(post)) => Signer {
                authority: None,
                post,
                name: Some(who.actor.name.clone()),
            },
            _ => Signer {
                authority: None,
                post: "Thủ trưởng cơ quan, đơn vị".to_owned(),
                name: None,
            },
        }
    }
}

/// Items that the program fills only in part: the rest is written by hand.
const PARTLY: [&str; 5] = [
    "secrets_documents",
    "outgoing_registration",
    "incoming_registration",
    "terms",
    "books_and_stamps",
];

fn rule(province: Option<String>, year: i16, due: law::Finding<law::Due>) -> WindowRule {
    WindowRule {
        province,
        year,
        window: due.value.map(|due| Window {
            from: due.from,
            to: due.to,
        }),
        by: due.value.map(|due| due.by),
        because: due.because,
        notes: due.notes,
    }
}

/// Place of a level in tables: the highest first.
fn place(level: &str) -> usize {
    match Level::parse(level) {
        Some(Level::TuyetMat) => 0,
        Some(Level::ToiMat) => 1,
        Some(Level::Mat) => 2,
        None => 3,
    }
}

fn years(rows: &[(i64, Option<String>, i64, i64)]) -> Vec<YearFigures> {
    let mut found: BTreeMap<i64, YearFigures> = BTreeMap::new();
    for (year, level, lines, copies) in rows {
        let figures = found.entry(*year).or_insert_with(|| YearFigures {
            year: *year,
            ..YearFigures::default()
        });
        if let Some(cell) = figures
            .levels
            .get_mut(place(level.as_deref().unwrap_or_default()))
        {
            *cell += lines;
        }
        figures.lines += lines;
        figures.copies += copies;
    }
    found.into_values().collect()
}

fn record(act: &mut Act<'_>, who: &Who, figures: &Figures, object: &str) {
    act.record_text(
        object.to_owned(),
        Fact::new(REPORT_MADE)
            .with("form", "self-inspection")
            .with("unit", &who.unit.code)
            .with("from", figures.window.from)
            .with("to", figures.window.to),
        canonical(figures),
    );
}

/// The figures as one text, cell by cell: what the event commits to.
fn canonical(figures: &Figures) -> String {
    let mut text = String::from("khien-figures-1\n");
    for table in tables(figures) {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "{}\t{}", table.key, table.caption);
        for row in std::iter::once(&table.columns).chain(&table.rows) {
            let _ = writeln!(text, "\t{}", row.join("\t"));
        }
    }
    text
}

/// The tables of a report in the order of the outline.
pub fn tables(figures: &Figures) -> Vec<Table> {
    let mut found = Vec::new();
    if !figures.tasks.is_empty() {
        found.push(task_table(&figures.tasks));
    }
    for (kind, key, caption) in [
        (
            BookKind::Di,
            "issued",
            "Tài liệu, vật chứa bí mật nhà nước đã phát hành",
        ),
        (
            BookKind::ChuyenGiao,
            "delivery_and_copying",
            "Lượt chuyển giao bí mật nhà nước",
        ),
        (
            BookKind::Den,
            "received",
            "Tài liệu, vật chứa bí mật nhà nước đã tiếp nhận",
        ),
        (BookKind::SaoChup, "copying", "Lượt sao, chụp đã vào sổ"),
    ] {
        if let Some(book) = figures.books.iter().find(|book| book.kind == kind) {
            found.push(year_table(key, caption, book));
        }
    }
    found.push(permit_table(&figures.permits));
    found.push(term_table(figures));
    found.push(book_table(&figures.books));
    found
}

fn texts<const N: usize>(cells: [&str; N]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

fn year_table(key: &'static str, caption: &str, book: &BookFigures) -> Table {
    let line = |label: String, levels: [i64; 3], lines: i64, copies: i64| {
        let cells = levels.into_iter().chain([lines, copies]);
        std::iter::once(label)
            .chain(cells.map(|n| n.to_string()))
            .collect::<Vec<String>>()
    };
    let mut sum = YearFigures::default();
    let mut rows = Vec::new();
    for year in &book.years {
        rows.push(line(
            year.year.to_string(),
            year.levels,
            year.lines,
            year.copies,
        ));
        for (total, part) in sum.levels.iter_mut().zip(year.levels) {
            *total += part;
        }
        sum.lines += year.lines;
        sum.copies += year.copies;
    }
    rows.push(line("Cộng".to_owned(), sum.levels, sum.lines, sum.copies));
    Table {
        key,
        caption: caption.to_owned(),
        columns: texts(["Năm", "Tuyệt mật", "Tối mật", "Mật", "Tổng số", "Số bản"]),
        rows,
    }
}

fn level_label(code: &str) -> String {
    Level::parse(code).map_or_else(|| code.to_owned(), |level| level.label_vi().to_owned())
}

fn permit_table(permits: &[(String, i64, i64)]) -> Table {
    let mut rows: Vec<Vec<String>> = permits
        .iter()
        .map(|(level, n, copies)| vec![level_label(level), n.to_string(), copies.to_string()])
        .collect();
    let sum =
        |pick: fn(&(String, i64, i64)) -> i64| permits.iter().map(pick).sum::<i64>().to_string();
    rows.push(vec!["Cộng".to_owned(), sum(|row| row.1), sum(|row| row.2)]);
    Table {
        key: "copying",
        caption: "Việc cho phép sao, chụp".to_owned(),
        columns: texts(["Độ mật", "Số lần cho phép", "Số bản sao, chụp"]),
        rows,
    }
}

fn term_table(figures: &Figures) -> Table {
    let row = |row: &TermsRow| {
        let numbers = [row.documents, row.without_term, row.expired];
        std::iter::once(level_label(&row.level))
            .chain(numbers.map(|n| n.to_string()))
            .collect()
    };
    Table {
        key: "terms",
        caption: format!(
            "Thời hạn bảo vệ của tài liệu đang quản lý, tính đến ngày {}",
            figures.window.to.day_month_year()
        ),
        columns: texts([
            "Độ mật",
            "Số tài liệu",
            "Chưa xác định được thời hạn",
            "Đã hết thời hạn",
        ]),
        rows: figures.terms.iter().map(row).collect(),
    }
}

fn book_table(books: &[BookFigures]) -> Table {
    let row = |book: &BookFigures| {
        let editions = if book.editions.is_empty() {
            "chưa có mục".to_owned()
        } else {
            book.editions.join(", ")
        };
        let kept = &book.keeping;
        let numbers = [
            kept.lines,
            kept.late,
            kept.corrected,
            kept.voided,
            kept.imported,
        ];
        [book.kind.label_vi().to_owned(), editions]
            .into_iter()
            .chain(numbers.map(|n| n.to_string()))
            .collect()
    };
    Table {
        key: "books_and_stamps",
        caption: "Các sổ đã mở và việc ghi sổ".to_owned(),
        columns: texts([
            "Sổ",
            "Mẫu",
            "Số mục",
            "Vào sổ muộn",
            "Đính chính",
            "Hủy",
            "Nhập từ sổ cũ",
        ]),
        rows: books.iter().map(row).collect(),
    }
}

fn task_table(tasks: &[PlanTasksRow]) -> Table {
    let row = |plan: &PlanTasksRow| {
        let open = plan.tasks - plan.done;
        let numbers = [plan.tasks, plan.done, plan.done_late, open, plan.late];
        std::iter::once(plan_name(plan))
            .chain(numbers.map(|n| n.to_string()))
            .collect()
    };
    Table {
        key: "secrets_documents",
        caption: "Nhiệm vụ được giao theo kế hoạch, chỉ thị".to_owned(),
        columns: texts([
            "Văn bản giao",
            "Số nhiệm vụ",
            "Hoàn thành",
            "Báo cáo muộn",
            "Đang làm",
            "Quá hạn",
        ]),
        rows: tasks.iter().map(row).collect(),
    }
}

/// `37/KH-UBND ngày 14/03/2022`, or the title of a plan without a number.
fn plan_name(plan: &PlanTasksRow) -> String {
    let number = plan.number.clone().unwrap_or_else(|| plan.title.clone());
    match &plan.doc_date {
        Some(date) => format!("{number} ngày {}", day(date)),
        None => number,
    }
}

/// The content of each item that has a source, by its key.
fn fills(figures: &Figures) -> BTreeMap<&'static str, Vec<Fill>> {
    let mut found: BTreeMap<&'static str, Vec<Fill>> = BTreeMap::new();
    for (key, kind, words) in [
        ("outgoing_registration", BookKind::Di, "văn bản đi"),
        ("incoming_registration", BookKind::Den, "văn bản đến"),
    ] {
        if let Some(book) = figures.books.iter().find(|book| book.kind == kind) {
            found
                .entry(key)
                .or_default()
                .push(Fill::Text(keeping_text(&book.keeping, words)));
        }
    }
    for table in tables(figures) {
        found
            .entry(table.key)
            .or_default()
            .push(Fill::Figures(print::report::Figures {
                caption: Some(table.caption),
                columns: table.columns,
                rows: table.rows,
            }));
    }
    found
}

fn keeping_text(kept: &KeepingRow, words: &str) -> String {
    format!(
        "Đã vào sổ {} mục {words}, trong đó {} mục vào sổ muộn, {} mục đã đính chính, {} mục đã hủy có ghi lý do.",
        kept.lines, kept.late, kept.corrected, kept.voided
    )
}
