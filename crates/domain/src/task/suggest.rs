//! Which units a duty is meant for, by the words of the document.
//!
//! Only a suggestion: a person of the supervising unit assigns. A body that has
//! a name is found by its name without marks; a group ("các sở, ban, ngành")
//! by the class of the units. Nothing is guessed for bodies that no unit of the
//! installation answers to.

use std::collections::BTreeSet;

/// A unit as the suggestion sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Body {
    pub id: i64,
    pub name: String,
    /// Kind as the installation keeps it; used where the name says nothing.
    pub kind: String,
    /// Steers the tasks of others, so no group of doers means it.
    pub supervises: bool,
}

/// Classes of bodies that a plan addresses as groups.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum BodyClass {
    /// Sở, ban, ngành cấp tỉnh, văn phòng.
    Department,
    /// Uỷ ban nhân dân xã, phường, đặc khu.
    Commune,
    /// Cơ quan Đảng.
    Party,
    /// Mặt trận Tổ quốc, đoàn thể.
    Mass,
    /// Cơ quan Trung ương đóng trên địa bàn.
    Central,
    /// Đơn vị sự nghiệp.
    Service,
    /// Doanh nghiệp.
    Enterprise,
    /// None of these.
    Other,
}

/// What a reviewer should know beside the suggested units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Note {
    /// The text names districts, which ended on 1/7/2025 (two-level local
    /// government): a person chooses the communes that took the work over.
    DistrictsEnded,
    /// A body is named that no unit answers to.
    NoUnit,
    /// Only some bodies of a group are meant ("được kiểm tra"): a person picks them.
    SomeOnly,
}

impl Note {
    pub fn code(self) -> &'static str {
        match self {
            Self::DistrictsEnded => "districts-ended",
            Self::NoUnit => "no-unit",
            Self::SomeOnly => "some-only",
        }
    }
}

/// Units suggested for a duty, ascending, and notes for the reviewer.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suggestion {
    pub units: BTreeSet<i64>,
    pub notes: BTreeSet<Note>,
}

/// Phrases that name every body at once.
const EVERYBODY: [&str; 7] = [
    "co quan don vi dia phuong",
    "co quan to chuc don vi",
    "co quan ban nganh dia phuong",
    "cac co quan dia phuong",
    "cac co quan don vi",
    "cac don vi dia phuong",
    "thu truong cac co quan",
];

/// Phrases that name a class of bodies. A phrase in the plural or a list: a
/// single "ban" or "so" is part of a name.
const GROUPS: [(&str, BodyClass); 28] = [
    ("cac so", BodyClass::Department),
    ("so ban nganh", BodyClass::Department),
    ("ban nganh", BodyClass::Department),
    ("so nganh", BodyClass::Department),
    ("co quan chuyen mon", BodyClass::Department),
    ("dia phuong", BodyClass::Commune),
    ("cac xa", BodyClass::Commune),
    ("cac phuong", BodyClass::Commune),
    ("cap xa", BodyClass::Commune),
    ("xa phuong", BodyClass::Commune),
    ("uy ban nhan dan cac cap", BodyClass::Commune),
    ("cap uy", BodyClass::Party),
    ("to chuc dang", BodyClass::Party),
    ("cac ban dang", BodyClass::Party),
    ("co quan dang", BodyClass::Party),
    ("cac dang uy", BodyClass::Party),
    ("cac ban tinh uy", BodyClass::Party),
    ("dang uy truc thuoc", BodyClass::Party),
    ("cac dang bo", BodyClass::Party),
    ("doan the", BodyClass::Mass),
    ("chinh tri xa hoi", BodyClass::Mass),
    ("mat tran to quoc", BodyClass::Mass),
    ("ubmttq", BodyClass::Mass),
    ("co quan trung uong", BodyClass::Central),
    ("don vi su nghiep", BodyClass::Service),
    ("doanh nghiep nha nuoc", BodyClass::Enterprise),
    ("cac doanh nghiep", BodyClass::Enterprise),
    ("doanh nghiep", BodyClass::Enterprise),
];

/// Phrases that name the level of government that ended on 1/7/2025.
const DISTRICTS: [&str; 8] = [
    "cac huyen",
    "cap huyen",
    "uy ban nhan dan huyen",
    "huyen thanh pho",
    "huyen thi xa",
    "huyen uy",
    "quan huyen",
    "thi xa",
];

/// Phrases that mean only some bodies of a group.
const SOME: [&str; 4] = [
    "duoc kiem tra",
    "doi tuong kiem tra",
    "lien quan",
    "chuc nang",
];

/// Suggests units for the actors of a duty.
pub fn suggest(actors: &[String], bodies: &[Body]) -> Suggestion {
    let mut found = Suggestion::default();
    for actor in actors {
        let words = plain(actor);
        if words.is_empty() {
            continue;
        }
        let districts = DISTRICTS.iter().any(|phrase| has(&words, phrase));
        if districts {
            found.notes.insert(Note::DistrictsEnded);
        }
        let named = by_name(actor, bodies);
        let some = SOME.iter().any(|phrase| has(&words, phrase));
        if some {
            found.notes.insert(Note::SomeOnly);
        }
        let grouped = if some {
            BTreeSet::new()
        } else {
            by_group(&words, bodies)
        };
        if named.is_empty() && grouped.is_empty() && !districts && !some {
            found.notes.insert(Note::NoUnit);
        }
        found.units.extend(named);
        found.units.extend(grouped);
    }
    found
}

/// Units whose own name the actor's words are.
fn by_name(actor: &str, bodies: &[Body]) -> BTreeSet<i64> {
    let wanted: Vec<String> = core(actor);
    bodies
        .iter()
        .filter(|body| {
            wanted.len() >= 2
                && (parts(&body.name).any(|part| core(part) == wanted)
                    || is_room_of(&body.name, &wanted))
        })
        .map(|body| body.id)
        .collect()
}

/// "Phòng An ninh chính trị nội bộ Công an tỉnh" acts for "Công an tỉnh".
fn is_room_of(name: &str, wanted: &[String]) -> bool {
    let words = core(name);
    words.first().is_some_and(|first| first == "phong")
        && words.len() > wanted.len()
        && words.ends_with(wanted)
}

/// Names that stand side by side: "Phòng A - Công an tỉnh" are two.
fn parts(name: &str) -> impl Iterator<Item = &str> {
    name.split(['(', ')', ',', ';'])
        .flat_map(|part| part.split(" - "))
}

/// Units of the classes that the words name.
fn by_group(words: &str, bodies: &[Body]) -> BTreeSet<i64> {
    let everybody = EVERYBODY.iter().any(|phrase| has(words, phrase));
    let classes: BTreeSet<BodyClass> = GROUPS
        .iter()
        .filter(|(phrase, _)| has(words, phrase))
        .map(|(_, class)| *class)
        .collect();
    bodies
        .iter()
        .filter(|body| !body.supervises)
        .filter(|body| everybody || classes.contains(&BodyClass::of(&body.kind, &body.name)))
        .map(|body| body.id)
        .collect()
}

impl BodyClass {
    /// The class of a unit by its name, else by its kind.
    pub fn of(kind: &str, name: &str) -> Self {
        match Self::by_words(&plain(name)) {
            Self::Other => Self::by_words(&plain(kind)),
            class => class,
        }
    }

    fn by_words(words: &str) -> Self {
        const STARTS: [(&str, BodyClass); 31] = [
            ("uy ban nhan dan xa", BodyClass::Commune),
            ("uy ban nhan dan phuong", BodyClass::Commune),
            ("uy ban nhan dan dac khu", BodyClass::Commune),
            ("xa", BodyClass::Commune),
            ("phuong", BodyClass::Commune),
            ("dac khu", BodyClass::Commune),
            ("tinh uy", BodyClass::Party),
            ("dang uy", BodyClass::Party),
            ("van phong tinh uy", BodyClass::Party),
            ("ban to chuc", BodyClass::Party),
            ("ban tuyen giao", BodyClass::Party),
            ("ban noi chinh", BodyClass::Party),
            ("uy ban kiem tra", BodyClass::Party),
            ("dang", BodyClass::Party),
            ("party", BodyClass::Party),
            ("uy ban mat tran", BodyClass::Mass),
            ("mat tran", BodyClass::Mass),
            ("hoi", BodyClass::Mass),
            ("tinh doan", BodyClass::Mass),
            ("doan", BodyClass::Mass),
            ("lien doan lao dong", BodyClass::Mass),
            ("co quan trung uong", BodyClass::Central),
            ("trung uong", BodyClass::Central),
            ("don vi su nghiep", BodyClass::Service),
            ("trung tam", BodyClass::Service),
            ("su nghiep", BodyClass::Service),
            ("cong ty", BodyClass::Enterprise),
            ("doanh nghiep", BodyClass::Enterprise),
            ("so", BodyClass::Department),
            ("van phong", BodyClass::Department),
            ("thanh tra", BodyClass::Department),
        ];
        const MORE: [(&str, BodyClass); 6] = [
            ("ban", BodyClass::Department),
            ("bo chi huy", BodyClass::Department),
            ("cong an", BodyClass::Department),
            ("chi cuc", BodyClass::Central),
            ("thue", BodyClass::Central),
            ("commune", BodyClass::Commune),
        ];
        STARTS
            .iter()
            .chain(&MORE)
            .find(|(start, _)| {
                words == *start
                    || words
                        .strip_prefix(start)
                        .is_some_and(|rest| rest.starts_with(' '))
            })
            .map_or(Self::Other, |(_, class)| *class)
    }
}

/// Folded words with the usual abbreviations written out, joined by one blank.
/// "và" is left out: the same body is written with and without it.
fn plain(text: &str) -> String {
    let mut out = String::new();
    for word in vanban::text::words(text) {
        let full = match word.as_str() {
            "va" => continue,
            "ubnd" => "uy ban nhan dan",
            "hdnd" => "hoi dong nhan dan",
            "bch" => "bo chi huy",
            "mttq" => "mat tran to quoc",
            "tttt" => "thong tin truyen thong",
            "ubmttq" => "uy ban mat tran to quoc",
            other => other,
        };
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(full);
    }
    out
}

/// Whether a phrase stands in the words, whole words only.
fn has(words: &str, phrase: &str) -> bool {
    format!(" {words} ").contains(&format!(" {phrase} "))
}

/// The words of a name without the province at its end: "Sở Tư pháp tỉnh X" and
/// "Sở Tư pháp" are one body. "Tỉnh uỷ" and "Tỉnh đoàn" keep their first word.
fn core(name: &str) -> Vec<String> {
    let mut words: Vec<String> = plain(name).split(' ').map(str::to_owned).collect();
    let end = words.iter().enumerate().skip(1).find_map(|(at, word)| {
        let after = |n: usize| words.get(at + n).map_or("", String::as_str);
        let province = word == "tinh" && !matches!(after(1), "uy" | "doan");
        let city = word == "thanh" && after(1) == "pho";
        (province || city).then_some(at)
    });
    if let Some(end) = end {
        words.truncate(end);
    }
    words
}
