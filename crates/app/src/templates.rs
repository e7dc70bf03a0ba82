//! A unit's own Word templates: kept when every placeholder is known and nothing in
//! them comes from elsewhere, filled from a dossier or a book's year.

mod fill;
mod package;

use std::collections::{BTreeMap, BTreeSet};

use domain::access::Action;
use domain::dossier::Kind;
use domain::{Fact, Refusal};
use law::BookKind;
use sha2::{Digest, Sha256};
use store::unit_papers::TemplateRow;

use crate::limits::{
    FILE_NAME_CHARS_MAX, PRINT_ROWS_MAX, TEMPLATE_NAME_CHARS_MAX, TEMPLATE_PREVIEW_LINES,
    TEMPLATES_MAX,
};
use crate::papers::{DOCX, Paper, blocking, day};
use crate::{App, AppError, Who, papers};

pub use fill::{Names, Values};

/// What a template is filled from.
#[derive(Debug, Clone, Copy)]
pub enum Subject {
    /// A book's year: its lines.
    Book(BookKind),
    /// A dossier of a kind.
    Dossier(&'static Kind),
}

impl Subject {
    /// Every subject: the four books, then the kinds of dossier.
    pub fn all() -> Vec<Self> {
        let books = BookKind::ALL.iter().copied().map(Self::Book);
        let kinds = domain::dossier::KINDS.iter().copied();
        books.chain(kinds.map(Self::Dossier)).collect()
    }

    /// `book:di` or `dossier:destroy`.
    pub fn code(self) -> String {
        match self {
            Self::Book(kind) => format!("book:{}", kind.code()),
            Self::Dossier(kind) => format!("dossier:{}", kind.code),
        }
    }

    pub fn parse(code: &str) -> Option<Self> {
        let (what, code) = code.split_once(':')?;
        match what {
            "book" => BookKind::parse(code).map(Self::Book),
            "dossier" => domain::dossier::kind(code).map(Self::Dossier),
            _ => None,
        }
    }
}

/// Placeholders of every template.
pub const COMMON: [&str; 7] = [
    "ten_don_vi",
    "co_quan_chu_quan",
    "dia_danh",
    "ngay",
    "thang",
    "nam",
    "nguoi_lap",
];
/// Placeholders of a book's year.
pub const OF_BOOK: [&str; 4] = ["ten_so", "nam_so", "so_cuoi", "ngay_khoa_so"];
/// Placeholders of a line of a book, each with the key of its column.
pub const OF_LINE: [(&str, &str); 17] = [
    ("so_tt", "serial"),
    ("ngay", "entry_date"),
    ("so_ky_hieu", "number_symbol"),
    ("ngay_van_ban", "doc_date"),
    ("ten_loai_trich_yeu", "type_subject"),
    ("do_mat", "level"),
    ("nguoi_ky", "signer"),
    ("co_quan_ban_hanh", "issuer"),
    ("noi_nhan", "recipient"),
    ("ky_nhan", "receiver_sign"),
    ("so_luong", "quantity"),
    ("so_ban", "copy_numbers"),
    ("bi_so", "envelope"),
    ("hinh_thuc", "form"),
    ("nguoi_cho_phep", "permitted_by"),
    ("nguoi_thuc_hien", "performed_by"),
    ("ghi_chu", "note"),
];
/// Placeholders of a dossier and of its document.
pub const OF_DOSSIER: [&str; 9] = [
    "ten_viec",
    "trang_thai",
    "ngay_mo",
    "so_ky_hieu",
    "ngay_van_ban",
    "ten_loai",
    "do_mat",
    "co_quan_ban_hanh",
    "nguoi_ky",
];
/// Placeholders of the list of steps taken.
pub const OF_STEP: [&str; 4] = ["so", "buoc", "ngay", "nguoi"];
/// Placeholders of the list of copies.
pub const OF_COPY: [&str; 2] = ["ten", "noi_giu"];

/// The list of a book's lines, of a dossier's steps, of a document's copies.
pub const LINES: &str = "dong";
/// See [`LINES`].
pub const STEPS: &str = "cac_buoc";
/// See [`LINES`].
pub const COPIES: &str = "ban";

/// What a template of this subject may use.
pub fn names(subject: Subject) -> Names {
    let set = |names: &[&str]| -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    };
    let mut found = Names {
        fields: set(&COMMON),
        lists: BTreeMap::new(),
    };
    match subject {
        Subject::Book(_) => {
            found.fields.extend(set(&OF_BOOK));
            let line: Vec<&str> = OF_LINE.iter().map(|(name, _)| *name).collect();
            found.lists.insert(LINES.to_owned(), set(&line));
        }
        Subject::Dossier(kind) => {
            found.fields.extend(set(&OF_DOSSIER));
            for step in kind.steps {
                let fields = step.fields.iter();
                found
                    .fields
                    .extend(fields.map(|field| step_name(step.code, field.name)));
            }
            found.lists.insert(STEPS.to_owned(), set(&OF_STEP));
            found.lists.insert(COPIES.to_owned(), set(&OF_COPY));
        }
    }
    found
}

/// The placeholder of a step's value: `council.chair`.
pub fn step_name(step: &str, field: &str) -> String {
    format!("{step}.{field}")
}

/// A template to keep.
#[derive(Debug, Clone)]
pub struct TemplateDraft {
    pub subject: String,
    pub name: String,
    pub file_name: String,
    pub bytes: Vec<u8>,
}

/// What a template is filled from: a dossier's words made by the caller, or a book's year.
#[derive(Debug, Clone)]
pub enum Source {
    Dossier { id: i64, values: Values },
    Book { year: i64, title: String },
}

impl App {
    /// The unit's templates in use.
    pub async fn templates(&self, who: &Who) -> Result<Vec<TemplateRow>, AppError> {
        who.require(Action::Print)?;
        Ok(self.db.templates(who.actor.unit).await?)
    }

    /// A template of one's own unit.
    pub async fn template(&self, who: &Who, id: i64) -> Result<TemplateRow, AppError> {
        who.require(Action::Print)?;
        let found = self.db.template(who.actor.unit, id).await?;
        found
            .filter(|row| row.retired_at.is_none())
            .ok_or(AppError::Absent)
    }

    /// Keeps a template.
    ///
    /// # Errors
    /// `TPL-01` to `TPL-07` and `TPL-10` for the file; `TPL-08` too many; `TPL-09` no name,
    /// subject or file.
    pub async fn add_template(
        &self,
        who: &Who,
        request: Option<&str>,
        draft: TemplateDraft,
    ) -> Result<i64, AppError> {
        who.require(Action::WriteBooks)?;
        let name = vanban::text::nfc(draft.name.trim());
        let long = name.chars().count() > TEMPLATE_NAME_CHARS_MAX;
        if name.is_empty() || long {
            return Err(Refusal::new("TPL-09").on("name").into());
        }
        let subject =
            Subject::parse(&draft.subject).ok_or_else(|| Refusal::new("TPL-09").on("subject"))?;
        if draft.bytes.is_empty() {
            return Err(Refusal::new("TPL-09").on("file").into());
        }
        let file_name: String = draft.file_name.chars().take(FILE_NAME_CHARS_MAX).collect();
        let (bytes, judged) = blocking({
            let (names, file_name) = (names(subject), file_name.clone());
            move || {
                let judged = package::check(&file_name, &draft.bytes, &names);
                (draft.bytes, judged)
            }
        })
        .await?;
        judged?;
        let mut act = match self.begin(who, request).await? {
            Ok(act) => act,
            Err(outcome) => return outcome.parse().map_err(|_| AppError::Stale),
        };
        if act.tx.template_count(who.actor.unit).await? >= TEMPLATES_MAX {
            let refusal = Refusal::new("TPL-08").on("file").arg("max", TEMPLATES_MAX);
            return Err(refusal.into());
        }
        let sha256 = ledger::digest::hex(&Sha256::digest(&bytes));
        let row = TemplateRow {
            id: 0,
            subject: subject.code(),
            name,
            file_name,
            sha256: sha256.clone(),
            retired_at: None,
            created_by: who.actor.account,
            created_at: act.now.clone(),
        };
        let id = act.tx.add_template(who.actor.unit, &row, &bytes).await?;
        act.record(
            format!("template:{id}"),
            Fact::new("template.added")
                .with("subject", &row.subject)
                .with("sha256", sha256),
        );
        act.finish(&id.to_string()).await?;
        Ok(id)
    }

    /// Takes a template out of use.
    pub async fn retire_template(&self, who: &Who, id: i64) -> Result<(), AppError> {
        who.require(Action::WriteBooks)?;
        let Ok(mut act) = self.begin(who, None).await? else {
            return Ok(());
        };
        let now = act.now.clone();
        if !act.tx.retire_template(who.actor.unit, id, &now).await? {
            return Err(AppError::Absent);
        }
        act.record(format!("template:{id}"), Fact::new("template.retired"));
        act.finish("retired").await
    }

    /// Fills a template, which the ledger notes.
    pub async fn fill_template(
        &self,
        who: &Who,
        id: i64,
        source: Source,
    ) -> Result<Paper, AppError> {
        let (row, bytes, from) = self.filled(who, id, source).await?;
        let Ok(mut act) = self.begin(who, None).await? else {
            return Err(AppError::Stale);
        };
        act.record(
            format!("template:{id}"),
            Fact::new("template.filled")
                .with("subject", &row.subject)
                .with("from", &from)
                .with("sha256", ledger::digest::hex(&Sha256::digest(&bytes))),
        );
        act.finish("filled").await?;
        Ok(Paper {
            file_name: format!("mau-{id}-{}.docx", from.replace([':', '_'], "-")),
            media_type: DOCX,
            bytes,
        })
    }

    /// The text of a filled template, paragraph by paragraph, for the eye.
    pub async fn preview_template(
        &self,
        who: &Who,
        id: i64,
        source: Source,
    ) -> Result<Vec<String>, AppError> {
        let (_, bytes, _) = self.filled(who, id, source).await?;
        let read = blocking(move || vanban::formats::load(&bytes, "mau.docx")).await?;
        let read = read.map_err(|error| AppError::Input {
            code: "TPL-PREVIEW",
            what: error.to_string(),
        })?;
        Ok(read
            .lines
            .into_iter()
            .take(TEMPLATE_PREVIEW_LINES)
            .collect())
    }

    async fn filled(
        &self,
        who: &Who,
        id: i64,
        source: Source,
    ) -> Result<(TemplateRow, Vec<u8>, String), AppError> {
        let row = self.template(who, id).await?;
        let bytes = self.db.template_bytes(who.actor.unit, id).await?;
        let bytes = bytes.ok_or(AppError::Absent)?;
        let subject = Subject::parse(&row.subject).ok_or(AppError::Absent)?;
        let (mut values, from) = match (subject, source) {
            (Subject::Dossier(kind), Source::Dossier { id, values }) => {
                let found = self.db.dossier(id, who.actor.unit).await?;
                found
                    .filter(|dossier| dossier.kind == kind.code)
                    .ok_or(AppError::Absent)?;
                (values, format!("dossier:{id}"))
            }
            (Subject::Book(kind), Source::Book { year, title }) => {
                let values = self.book_values(who, kind, year, title).await?;
                (values, format!("book:{}:{year}", kind.code()))
            }
            _ => return Err(AppError::Absent),
        };
        values.fields.extend(self.common(who)?);
        let made = blocking(move || package::filled(&bytes, &values)).await??;
        Ok((row, made, from))
    }

    fn common(&self, who: &Who) -> Result<BTreeMap<String, String>, AppError> {
        let today = self.today()?;
        let texts = [
            who.unit.name.clone(),
            who.unit.parent_name.clone(),
            who.unit.place.clone(),
            format!("{:02}", today.day()),
            format!("{:02}", today.month()),
            today.year().to_string(),
            who.actor.name.clone(),
        ];
        Ok(COMMON.map(str::to_owned).into_iter().zip(texts).collect())
    }

    async fn book_values(
        &self,
        who: &Who,
        kind: BookKind,
        year: i64,
        title: String,
    ) -> Result<Values, AppError> {
        let unit = who.actor.unit;
        let stand = self.book_year(who, kind, year).await?;
        if stand.last > PRINT_ROWS_MAX {
            return Err(papers::range());
        }
        let rows = self
            .db
            .entry_range(unit, kind.code(), year, 1, stand.last)
            .await?;
        let closed = stand.stand.closed_on.map(|on| day(&on.to_string()));
        let texts = [
            title,
            year.to_string(),
            format!("{:02}", stand.last),
            closed.unwrap_or_default(),
        ];
        let line = |row: &store::books::EntryRow| -> BTreeMap<String, String> {
            OF_LINE
                .iter()
                .map(|(name, key)| ((*name).to_owned(), papers::value(row, key)))
                .collect()
        };
        Ok(Values {
            fields: OF_BOOK.map(str::to_owned).into_iter().zip(texts).collect(),
            lists: BTreeMap::from([(LINES.to_owned(), rows.iter().map(line).collect())]),
        })
    }
}
