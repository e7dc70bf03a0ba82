//! What a column of a kept book may hold, and the headings clerks give it.

use law::BookKind;

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Serial number of the kept book; the new line gets its own.
    Serial,
    EntryDate,
    NumberSymbol,
    /// The number alone, beside a column [`Field::Symbol`].
    Number,
    Symbol,
    DocDate,
    DocType,
    /// Type and subject in one column.
    TypeSubject,
    Subject,
    SubjectConsent,
    Level,
    Signer,
    Issuer,
    Recipient,
    ReceiverSign,
    Holder,
    Quantity,
    CopyNumbers,
    ArrivalNumber,
    Envelope,
    Form,
    PermittedBy,
    PerformedBy,
    Surplus,
    Note,
}

impl Field {
    pub const ALL: [Self; 25] = [
        Self::Serial,
        Self::EntryDate,
        Self::NumberSymbol,
        Self::Number,
        Self::Symbol,
        Self::DocDate,
        Self::DocType,
        Self::TypeSubject,
        Self::Subject,
        Self::SubjectConsent,
        Self::Level,
        Self::Signer,
        Self::Issuer,
        Self::Recipient,
        Self::ReceiverSign,
        Self::Holder,
        Self::Quantity,
        Self::CopyNumbers,
        Self::ArrivalNumber,
        Self::Envelope,
        Self::Form,
        Self::PermittedBy,
        Self::PerformedBy,
        Self::Surplus,
        Self::Note,
    ];

    /// The key of the column, as print and web use it.
    pub fn key(self) -> &'static str {
        match self {
            Self::Serial => "serial",
            Self::EntryDate => "entry_date",
            Self::NumberSymbol => "number_symbol",
            Self::Number => "number",
            Self::Symbol => "symbol",
            Self::DocDate => "doc_date",
            Self::DocType => "doc_type",
            Self::TypeSubject => "type_subject",
            Self::Subject => "subject",
            Self::SubjectConsent => "subject_consent",
            Self::Level => "level",
            Self::Signer => "signer",
            Self::Issuer => "issuer",
            Self::Recipient => "recipient",
            Self::ReceiverSign => "receiver_sign",
            Self::Holder => "holder",
            Self::Quantity => "quantity",
            Self::CopyNumbers => "copy_numbers",
            Self::ArrivalNumber => "arrival_number",
            Self::Envelope => "envelope",
            Self::Form => "form",
            Self::PermittedBy => "permitted_by",
            Self::PerformedBy => "performed_by",
            Self::Surplus => "surplus",
            Self::Note => "note",
        }
    }
}

/// Columns a book cannot do without: of each group one has to be there; the
/// first names the group in a refusal.
pub(super) fn required(kind: BookKind) -> &'static [&'static [Field]] {
    use Field::{
        DocDate, DocType, EntryDate, Envelope, Form, Issuer, Level, Number, NumberSymbol,
        PerformedBy, PermittedBy, ReceiverSign, Recipient, Signer, Subject, TypeSubject,
    };
    match kind {
        BookKind::Di => &[
            &[NumberSymbol, Number],
            &[DocDate],
            &[TypeSubject, DocType, Subject],
            &[Level],
            &[Signer],
            &[Recipient],
        ],
        BookKind::Den => &[&[EntryDate], &[Issuer], &[NumberSymbol, Number], &[Level]],
        BookKind::ChuyenGiao => &[
            &[EntryDate],
            &[Envelope, NumberSymbol, Number],
            &[Level],
            &[Recipient],
            &[ReceiverSign],
        ],
        BookKind::SaoChup => &[
            &[EntryDate],
            &[NumberSymbol, Number],
            &[Level],
            &[Form],
            &[PermittedBy],
            &[PerformedBy],
        ],
    }
}

/// A heading without marks, brackets and punctuation: `Số, ký hiệu VB (2)` gives
/// `so ky hieu van ban`.
pub(super) fn plain(heading: &str) -> String {
    let mut depth = 0_usize;
    let mut kept = String::with_capacity(heading.len());
    for c in heading.chars() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth = depth.saturating_sub(1),
            _ if depth == 0 => kept.push(c),
            _ => {}
        }
    }
    let mut words = Vec::new();
    for word in vanban::text::words(&kept) {
        match word.as_str() {
            "vb" => words.extend(["van", "ban"].map(str::to_owned)),
            "kh" => words.extend(["ky", "hieu"].map(str::to_owned)),
            "cq" => words.extend(["co", "quan"].map(str::to_owned)),
            "sl" => words.extend(["so", "luong"].map(str::to_owned)),
            "dv" => words.extend(["don", "vi"].map(str::to_owned)),
            "bmnn" => {}
            _ => words.push(word),
        }
    }
    words
        .join(" ")
        .replace("bi mat nha nuoc", "")
        .trim()
        .to_owned()
}

/// The field of a heading that says it all in its own words; plain form.
pub(super) fn exact(kind: BookKind, heading: &str) -> Option<Field> {
    Some(match heading {
        "stt" | "tt" | "so tt" | "so thu tu" | "thu tu" => Field::Serial,
        "so" => Field::Number,
        "ky hieu" => Field::Symbol,
        "ngay" | "ngay thang" | "ngay thang nam" | "thoi gian" => match kind {
            BookKind::Di | BookKind::Den => Field::DocDate,
            BookKind::ChuyenGiao | BookKind::SaoChup => Field::EntryDate,
        },
        "den ngay" | "den ngay thang" => Field::EntryDate,
        "den so" => Field::ArrivalNumber,
        "loai" => Field::DocType,
        "mat" => Field::Level,
        "luu" => Field::Holder,
        "ban so" => Field::CopyNumbers,
        _ => return None,
    })
}

/// Phrases that have to be in a heading (alternatives by `|`) and what it means;
/// nothing where a known heading is no column of a book. The first line that fits
/// decides, so the narrower stand above the wider.
const RULES: [(&[&str], Option<Field>); 31] = [
    (
        &["so thu tu ban|danh so ban|ban so|so thu tu cac ban"],
        Some(Field::CopyNumbers),
    ),
    (&["so thu tu"], Some(Field::Serial)),
    (&["so trang|so to|luong trang|luong to"], None),
    (
        &["dong y|chap thuan|cho phep ghi"],
        Some(Field::SubjectConsent),
    ),
    (&["noi nhan", "ky nhan"], Some(Field::Recipient)),
    (
        &["ky nhan|chu ky|ky ten|nguoi nhan ky"],
        Some(Field::ReceiverSign),
    ),
    (&["loai", "trich yeu|noi dung"], Some(Field::TypeSubject)),
    (&["trich yeu|noi dung"], Some(Field::Subject)),
    (&["do mat|muc mat|dau mat|dau do mat"], Some(Field::Level)),
    (
        &["ngoai bi|phong bi|so bi|bi so|ky hieu bi"],
        Some(Field::Envelope),
    ),
    (&["nguoi ky"], Some(Field::Signer)),
    (
        &["ngay den|ngay thang den|ngay nhan"],
        Some(Field::EntryDate),
    ),
    (
        &["ngay dang ky|ngay vao so|ngay nhap so"],
        Some(Field::EntryDate),
    ),
    (&["so den"], Some(Field::ArrivalNumber)),
    (
        &["ngay", "van ban|tai lieu|xac dinh|ban hanh|ky|vat chua"],
        Some(Field::DocDate),
    ),
    (&["ban hanh|tac gia|phat hanh"], Some(Field::Issuer)),
    (&["noi gui den|noi chuyen den"], Some(Field::Recipient)),
    (&["noi gui|co quan gui|don vi gui"], Some(Field::Issuer)),
    (
        &["ngay chuyen|ngay giao|ngay sao|ngay chup|ngay thuc hien"],
        Some(Field::EntryDate),
    ),
    (&["so", "ky hieu"], Some(Field::NumberSymbol)),
    (
        &["so van ban|so cong van|so hieu|so tai lieu"],
        Some(Field::NumberSymbol),
    ),
    (
        &["ten loai|loai van ban|loai tai lieu|hinh thuc van ban|ten van ban"],
        Some(Field::DocType),
    ),
    (&["hinh thuc"], Some(Field::Form)),
    (
        &["cho phep|nguoi duyet|phe duyet"],
        Some(Field::PermittedBy),
    ),
    (
        &["thuc hien|nguoi sao|nguoi chup"],
        Some(Field::PerformedBy),
    ),
    (&["huy|ban thua|ban hong|thua hong"], Some(Field::Surplus)),
    (&["luu|luu giu|don vi giu|nguoi giu"], Some(Field::Holder)),
    (
        &["noi nhan|don vi nhan|nguoi nhan|co quan nhan|to chuc nhan"],
        Some(Field::Recipient),
    ),
    (&["so luong|so ban|so ban sao"], Some(Field::Quantity)),
    (&["ghi chu"], Some(Field::Note)),
    (&["ngay thang|ngay"], Some(Field::DocDate)),
];

/// The field of a heading by the words in it; plain form.
pub(super) fn by_words(kind: BookKind, heading: &str) -> Option<Field> {
    let padded = format!(" {heading} ");
    let has = |phrases: &str| {
        phrases
            .split('|')
            .any(|phrase| padded.contains(&format!(" {phrase} ")))
    };
    let (phrases, field) = RULES
        .iter()
        .find(|(phrases, _)| phrases.iter().all(|phrase| has(phrase)))?;
    let day_of_act = phrases.iter().any(|phrase| phrase.contains("ngay chuyen"));
    match (*field, kind) {
        // The day a document was sent on is no column of the two registers.
        (Some(Field::EntryDate), BookKind::Di | BookKind::Den) if day_of_act => None,
        (field, _) => field,
    }
}

/// The nearest field of a heading that was not understood: the one whose key
/// headings share most words with it.
pub(super) fn suggestion(heading: &str) -> Option<Field> {
    let words: Vec<&str> = heading.split(' ').filter(|word| word.len() > 2).collect();
    let shared = |phrases: &[&str]| {
        words
            .iter()
            .filter(|word| {
                phrases
                    .iter()
                    .flat_map(|phrase| phrase.split(['|', ' ']))
                    .any(|known| known == **word)
            })
            .count()
    };
    RULES
        .iter()
        .filter_map(|(phrases, field)| Some(((*field)?, shared(phrases))))
        .filter(|(_, count)| *count > 0)
        .max_by(|(_, left), (_, right)| left.cmp(right))
        .map(|(field, _)| field)
}
