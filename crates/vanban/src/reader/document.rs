//! What the reader gives back. Missing parts are `None`, never a guess.

/// Layout family of a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Form {
    /// State layout of Decree 30/2020/NĐ-CP.
    Nd30,
    /// Party layout.
    Dang,
    /// A page of a news site.
    Web,
    /// Anything else.
    Other,
}

impl Form {
    /// Code of the JSON contract.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Nd30 => "nd30",
            Self::Dang => "dang",
            Self::Web => "web",
            Self::Other => "other",
        }
    }
}

/// An administrative document (văn bản hành chính) as structure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Document {
    /// Layout family.
    pub form: Form,
    /// Abbreviation of the type name, such as `KH`, `CT`, `CV`.
    pub type_code: Option<String>,
    /// Number and symbol (số, ký hiệu), such as `37/KH-UBND`; none while the number is blank.
    pub number: Option<String>,
    /// Issuing body as the header writes it.
    pub issuer: Option<String>,
    /// Place of issue (địa danh).
    pub place: Option<String>,
    /// Date of issue, ISO `YYYY-MM-DD`; none while the day is blank.
    pub date: Option<String>,
    /// Title (trích yếu).
    pub title: Option<String>,
    /// Secrecy level printed in the header: `tuyet_mat`, `toi_mat` or `mat`.
    pub level: Option<&'static str>,
    /// Instruments cited, each once, in the order of the document.
    pub bases: Vec<Citation>,
    /// Section tree.
    pub sections: Vec<Section>,
    /// Assigned duties, in the order of the document.
    pub duties: Vec<Duty>,
    /// Recipients (nơi nhận).
    pub recipients: Vec<Recipient>,
    /// Signature block.
    pub signer: Option<Signer>,
    /// What a person should check.
    pub warnings: Vec<Warning>,
}

/// An instrument cited by the document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// Abbreviation of its kind, such as `CT`, `NĐ`, or `Luật`.
    pub kind: String,
    /// Number and symbol; a law may be cited by its name alone.
    pub number: Option<String>,
    /// Date as cited, ISO.
    pub date: Option<String>,
    /// What it is about, as cited.
    pub title: Option<String>,
    /// Body that the document says issued it.
    pub issuer: Option<String>,
    /// Place in the document: `title`, `preamble`, a section label, or a footnote such as `fn1`.
    pub at: String,
}

/// A section of the body.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Full label, such as `II.4.a`. The n-th dash of a section is `-n`, the n-th plus `+n`,
    /// a closing paragraph after the last item `end.n`, an annex `PLn`.
    pub label: String,
    /// Heading, if the section has one.
    pub heading: Option<String>,
    /// Own paragraphs, joined by line feeds; empty if the section is only a heading.
    pub text: String,
    /// Sections below.
    pub children: Vec<Section>,
}

/// One assigned duty (nhiệm vụ).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Duty {
    /// Label of the section; two duties may share one.
    pub at: String,
    /// Who answers for it, as written; empty if the text names nobody.
    pub actors: Vec<String>,
    /// Who works along (phối hợp), as written.
    pub with: Vec<String>,
    /// The duty as written.
    pub text: String,
    /// When it is due.
    pub deadline: Option<Deadline>,
}

/// How a deadline binds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DeadlineKind {
    /// Earlier than the date ("trước ngày").
    Before,
    /// On the date at the latest ("chậm nhất ngày", "đến hết ngày").
    By,
    /// Inside a month, quarter or year; the date is the last day of the period.
    Within,
    /// A number of days before an event ("ít nhất trước 03 ngày").
    DaysBefore,
    /// A number of days after an event ("trong 05 ngày kể từ ngày").
    DaysAfter,
    /// Repeated, with no date given ("định kỳ").
    Periodic,
    /// Whenever asked or needed ("đột xuất").
    AdHoc,
}

impl DeadlineKind {
    /// Code of the JSON contract.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::By => "by",
            Self::Within => "within",
            Self::DaysBefore => "days_before",
            Self::DaysAfter => "days_after",
            Self::Periodic => "periodic",
            Self::AdHoc => "ad_hoc",
        }
    }
}

/// Period of a repeated deadline.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Every {
    /// Each year.
    Year,
    /// Each quarter.
    Quarter,
    /// Each month.
    Month,
}

impl Every {
    /// Code of the JSON contract.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Year => "year",
            Self::Quarter => "quarter",
            Self::Month => "month",
        }
    }

    /// The period of a code.
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        [Self::Year, Self::Quarter, Self::Month]
            .into_iter()
            .find(|every| every.code() == code)
    }
}

/// When a duty is due. A repeated deadline has no date: `every` says the period and `month_day`
/// the day in it, if the text gives one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deadline {
    /// Absolute date, ISO; for [`DeadlineKind::Within`] the last day of the period.
    pub date: Option<String>,
    /// How it binds.
    pub kind: DeadlineKind,
    /// Period, if it repeats.
    pub every: Option<Every>,
    /// Month and day `MM-DD` of a date without a year.
    pub month_day: Option<String>,
    /// Number of days of [`DeadlineKind::DaysBefore`] and [`DeadlineKind::DaysAfter`].
    pub days: Option<u32>,
    /// The words of the document.
    pub text: String,
}

/// One recipient.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipient {
    /// Name as written.
    pub name: String,
    /// Purpose as written, such as `b/c` or `báo cáo`.
    pub purpose: Option<String>,
}

/// The signature block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signer {
    /// Line of authority, such as `KT. CHỦ TỊCH`.
    pub authority: Option<String>,
    /// Post of the person who signs.
    pub title: Option<String>,
    /// Name.
    pub name: Option<String>,
}

/// Something that a person should check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Warning {
    /// Stable code, such as `CITE-DATE`.
    pub code: &'static str,
    /// Place in the document, as in [`Citation::at`]; `header` for the header.
    pub at: String,
    /// A full Vietnamese sentence.
    pub text: String,
}
