//! The task list of a plan, as Excel file.

use law::LegalDate;
use rust_xlsxwriter::{
    Color, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder, Workbook, Worksheet,
    XlsxError,
};

use crate::PrintError;
use crate::limits::TASKS_MAX;

/// Tasks of one plan or directive on one day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskList {
    /// Body that issued the plan.
    pub issuer: String,
    /// Number and symbol of the plan, if it has one.
    pub number: Option<String>,
    /// Date of the plan.
    pub date: Option<LegalDate>,
    /// Title of the plan.
    pub title: String,
    /// Day on which states and days overdue hold; also the date written into the file.
    pub as_of: LegalDate,
    /// Tasks in the order of the plan.
    pub rows: Vec<TaskRow>,
}

/// One task of one unit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TaskRow {
    /// Part of the plan, for instance `III.2`.
    pub section: String,
    /// What is to be done.
    pub text: String,
    /// Body in charge.
    pub lead: String,
    /// Bodies that help.
    pub with: String,
    /// Unit that received the task.
    pub unit: String,
    /// Last day.
    pub deadline: Option<LegalDate>,
    /// The plan's own words on time where no day can be given ("thường xuyên").
    pub deadline_text: String,
    /// State, in Vietnamese.
    pub state: String,
    /// Result and evidence handed in.
    pub result: String,
    /// Days past the last day; `None` when not overdue.
    pub overdue_days: Option<u32>,
}

const SHEET: &str = "Nhiệm vụ";
/// Heading and width in characters of each column.
const COLUMNS: [(&str, f64); 10] = [
    ("STT", 6.0),
    ("Mục", 10.0),
    ("Nhiệm vụ", 60.0),
    ("Chủ trì", 24.0),
    ("Phối hợp", 24.0),
    ("Đơn vị nhận", 24.0),
    ("Thời hạn", 18.0),
    ("Trạng thái", 16.0),
    ("Kết quả, bằng chứng", 36.0),
    ("Quá hạn (ngày)", 10.0),
];
/// Row of the column headings, from 0.
const HEAD_ROW: u32 = 4;
const LAST_COLUMN: u16 = 9;

/// Writes the list. The same input gives the same bytes.
///
/// # Errors
/// [`PrintError::TooMuch`] beyond [`TASKS_MAX`], [`PrintError::Xlsx`] from the writer (a text longer than a cell may hold, 32,767 characters).
pub fn xlsx(list: &TaskList) -> Result<Vec<u8>, PrintError> {
    if list.rows.len() > TASKS_MAX {
        return Err(PrintError::TooMuch {
            what: "tasks of a list",
            given: list.rows.len(),
            max: TASKS_MAX,
        });
    }
    write(list).map_err(PrintError::Xlsx)
}

fn write(list: &TaskList) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let created = excel_date(list.as_of)?;
    book.set_properties(
        &DocProperties::new()
            .set_title(&list.title)
            .set_author(&list.issuer)
            .set_creation_datetime(&created),
    );
    let sheet = book.add_worksheet();
    sheet.set_name(SHEET)?;
    page_setup(sheet)?;
    plan_header(sheet, list)?;
    let head = cell()
        .set_bold()
        .set_align(FormatAlign::Center)
        .set_background_color(Color::RGB(0x00E7_ECF3));
    for (column, (label, width)) in (0_u16..).zip(COLUMNS) {
        sheet.set_column_width(column, width)?;
        sheet.write_with_format(HEAD_ROW, column, label, &head)?;
    }
    let styles = Styles::new();
    for (row, task) in (HEAD_ROW + 1..).zip(&list.rows) {
        task_row(sheet, row, task, &styles)?;
    }
    let last = HEAD_ROW + u32::try_from(list.rows.len()).unwrap_or_default();
    sheet.autofilter(HEAD_ROW, 0, last, LAST_COLUMN)?;
    book.save_to_buffer()
}

/// A4 landscape, one page wide, headings on every sheet, NĐ 30/2020 margins.
fn page_setup(sheet: &mut Worksheet) -> Result<(), XlsxError> {
    const INCH_MM: f64 = 25.4;
    sheet
        .set_landscape()
        .set_paper_size(9)
        .set_print_fit_to_pages(1, 0);
    sheet.set_margins(
        20.0 / INCH_MM,
        15.0 / INCH_MM,
        20.0 / INCH_MM,
        20.0 / INCH_MM,
        10.0 / INCH_MM,
        10.0 / INCH_MM,
    );
    sheet.set_footer("&C&\"Times New Roman\"&P/&N");
    sheet.set_repeat_rows(HEAD_ROW, HEAD_ROW)?;
    sheet.set_freeze_panes(HEAD_ROW + 1, 0)?;
    Ok(())
}

fn plan_header(sheet: &mut Worksheet, list: &TaskList) -> Result<(), XlsxError> {
    let face = || {
        Format::new()
            .set_font_name("Times New Roman")
            .set_align(FormatAlign::VerticalCenter)
    };
    let bold = face().set_bold().set_font_size(12);
    let title = face()
        .set_bold()
        .set_font_size(14)
        .set_align(FormatAlign::Center)
        .set_text_wrap();
    let small = face()
        .set_italic()
        .set_font_size(12)
        .set_align(FormatAlign::Center);
    sheet.write_with_format(0, 0, list.issuer.to_uppercase(), &bold)?;
    let heading = format!("DANH SÁCH NHIỆM VỤ\n{}", list.title);
    sheet.merge_range(1, 0, 1, LAST_COLUMN, &heading, &title)?;
    sheet.set_row_height(1, 54)?;
    sheet.merge_range(2, 0, 2, LAST_COLUMN, &plan_line(list), &small)?;
    Ok(())
}

/// `(Kế hoạch số 10/KH-UBND ngày 5/1/2026; trạng thái tính đến ngày 1/6/2026)`.
fn plan_line(list: &TaskList) -> String {
    let mut parts = Vec::new();
    match (&list.number, list.date) {
        (Some(number), Some(date)) => parts.push(format!(
            "Văn bản số {number} ngày {}",
            date.day_month_year()
        )),
        (Some(number), None) => parts.push(format!("Văn bản số {number}")),
        (None, Some(date)) => parts.push(format!("Văn bản ngày {}", date.day_month_year())),
        (None, None) => {}
    }
    parts.push(format!(
        "trạng thái tính đến ngày {}",
        list.as_of.day_month_year()
    ));
    format!("({})", parts.join("; "))
}

struct Styles {
    text: Format,
    middle: Format,
    day: Format,
    late: Format,
}

impl Styles {
    fn new() -> Self {
        let middle = cell().set_align(FormatAlign::Center);
        Self {
            text: cell(),
            day: middle.clone().set_num_format("dd/mm/yyyy"),
            late: middle
                .clone()
                .set_bold()
                .set_font_color(Color::RGB(0x00B0_0020)),
            middle,
        }
    }
}

fn cell() -> Format {
    Format::new()
        .set_font_name("Times New Roman")
        .set_font_size(12)
        .set_border(FormatBorder::Thin)
        .set_text_wrap()
        .set_align(FormatAlign::Top)
}

fn task_row(
    sheet: &mut Worksheet,
    row: u32,
    task: &TaskRow,
    styles: &Styles,
) -> Result<(), XlsxError> {
    sheet.write_with_format(row, 0, row - HEAD_ROW, &styles.middle)?;
    sheet.write_string_with_format(row, 1, &task.section, &styles.middle)?;
    let texts = [&task.text, &task.lead, &task.with, &task.unit];
    for (column, text) in (2_u16..).zip(texts) {
        sheet.write_string_with_format(row, column, text, &styles.text)?;
    }
    match task.deadline {
        Some(day) => sheet.write_datetime_with_format(row, 6, &excel_date(day)?, &styles.day)?,
        None => sheet.write_string_with_format(row, 6, &task.deadline_text, &styles.middle)?,
    };
    sheet.write_string_with_format(row, 7, &task.state, &styles.middle)?;
    sheet.write_string_with_format(row, 8, &task.result, &styles.text)?;
    match task.overdue_days {
        Some(days) => sheet.write_with_format(row, 9, days, &styles.late)?,
        None => sheet.write_blank(row, 9, &styles.middle)?,
    };
    Ok(())
}

fn excel_date(date: LegalDate) -> Result<ExcelDateTime, XlsxError> {
    let year = u16::try_from(date.year()).unwrap_or_default();
    let (month, day) = (date.month().unsigned_abs(), date.day().unsigned_abs());
    ExcelDateTime::from_ymd(year, month, day)
}
