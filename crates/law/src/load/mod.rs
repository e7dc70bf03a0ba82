//! Reading a pack: every file parsed, every value checked, nothing guessed.

mod acts;
mod catalogues;
mod competence;
mod conduct;
mod cover;
mod paper;
mod posts;
mod proceedings;
mod references;
mod source;
mod subjects;
mod value;

use std::collections::BTreeMap;

use toml::{Spanned, de::DeTable};

use self::{
    acts::Acts,
    posts::Posts,
    references::Reference,
    source::{File, Log, Node},
    value::{Context, Loaded, lines},
};
use crate::{
    book::BookEdition,
    catalogue::{CatalogueKey, CatalogueText},
    conduct::{Definition, Envelope, HandlingRule, LayoutBox, MeetingRule},
    diagnostic::{Diagnostic, nearest},
    limits,
    pack::Pack,
    proceeding::Procedure,
    rules::{
        CarrierTerm, CatalogueRule, Competence, DueKey, DueRule, ExtensionRule, FormRule,
        LevelFields, NoticeRule, Prohibition, Regime, SubjectUse, TermYears,
    },
    stamp::Stamp,
    terms_of_art::{Act, BookKind, Carrier, Level, Proceeding},
};

/// Subjects a file under `rules/` can have.
const SUBJECTS: &[&str] = &[
    "posts",
    "post_groups",
    "regimes",
    "terms",
    "carriers",
    "extension",
    "notices",
    "due",
    "subject_line",
    "levels",
    "prohibitions",
    "forms",
    "catalogues",
    "competence",
    "books",
    "stamps",
    "procedures",
    "envelopes",
    "meetings",
    "handling",
    "definitions",
    "boxes",
];

/// Folders of the pack.
const FOLDERS: &[&str] = &["acts", "rules", "catalogues"];

/// Folders of `law/` that hold no TOML of this pack.
const OTHER_FOLDERS: &[&str] = &["cases", "forms", "outlines"];

/// Values of every subject as read, before they are put in the order of time.
#[derive(Debug, Default)]
struct Gathered {
    regimes: Vec<Regime>,
    fields: BTreeMap<String, String>,
    terms: Vec<(Level, Loaded<TermYears>)>,
    carriers: Vec<(Carrier, Loaded<CarrierTerm>)>,
    extension: Vec<(Level, Loaded<ExtensionRule>)>,
    notices: Vec<(String, Loaded<NoticeRule>)>,
    due: Vec<(DueKey, Loaded<DueRule>)>,
    subject_line: Vec<(Level, Loaded<SubjectUse>)>,
    levels: Vec<(Level, Loaded<LevelFields>)>,
    prohibitions: Vec<(String, Loaded<Prohibition>)>,
    forms: Vec<(String, Loaded<FormRule>)>,
    catalogues: Vec<(String, Loaded<CatalogueRule>)>,
    competence: Vec<((Act, Level), Loaded<Competence>)>,
    books: Vec<(BookKind, Loaded<BookEdition>)>,
    stamps: Vec<(String, Loaded<Stamp>)>,
    procedures: Vec<(Proceeding, Loaded<Procedure>)>,
    envelopes: Vec<(Level, Loaded<Envelope>)>,
    meetings: Vec<(Level, Loaded<MeetingRule>)>,
    handling: Vec<(String, Loaded<HandlingRule>)>,
    definitions: Vec<(String, Loaded<Definition>)>,
    boxes: Vec<(String, Loaded<LayoutBox>)>,
    catalogue_texts: BTreeMap<CatalogueKey, CatalogueText>,
    references: Vec<Reference>,
}

type Parsed<'a> = (&'a File, Spanned<DeTable<'a>>);

/// Reads and checks the files of a pack, given by their path inside it.
///
/// # Errors
/// Every refusal found, in the order of files and lines; nothing is half loaded.
pub fn load(files: &BTreeMap<String, String>) -> Result<Pack, Vec<Diagnostic>> {
    let mut log = Log::new();
    let files = gather_files(files, &mut log);
    let mut parsed: Vec<Parsed<'_>> = Vec::new();
    for file in &files {
        match DeTable::parse(&file.text) {
            Ok(table) => parsed.push((file, table)),
            Err(error) => {
                let place = file.place(error.span().unwrap_or(0..0));
                let message = error
                    .message()
                    .lines()
                    .next()
                    .unwrap_or_default()
                    .to_owned();
                log.push(Diagnostic::new(
                    "LAW-TOML",
                    &place,
                    message,
                    "correct the TOML at the caret",
                ));
            }
        }
    }
    let pack = read_all(&parsed, &mut log);
    log.sort_by(|left, right| {
        (&left.path, left.line, left.column, left.code).cmp(&(
            &right.path,
            right.line,
            right.column,
            right.code,
        ))
    });
    log.dedup();
    log.truncate(limits::DIAGNOSTICS_MAX);
    if log.is_empty() { Ok(pack) } else { Err(log) }
}

/// The refusals of the files of a pack; empty when it loads.
#[must_use]
pub fn check(files: &BTreeMap<String, String>) -> Vec<Diagnostic> {
    load(files).err().unwrap_or_default()
}

fn gather_files(files: &BTreeMap<String, String>, log: &mut Log) -> Vec<File> {
    let mut kept = Vec::new();
    for (path, text) in files.iter().filter(|(path, _)| path.ends_with(".toml")) {
        let file = File {
            path: path.as_str().into(),
            text: text.as_str().into(),
        };
        let folder = path.split('/').next().unwrap_or_default();
        if text.len() > limits::FILE_BYTES_MAX || kept.len() >= limits::FILES_MAX {
            let message = format!(
                "the pack exceeds its limits ({} files of {} bytes)",
                limits::FILES_MAX,
                limits::FILE_BYTES_MAX
            );
            log.push(Diagnostic::new(
                "LAW-LIMIT",
                &file.place(0..0),
                message,
                "split the file, or drop what is not law",
            ));
        } else if FOLDERS.contains(&folder) {
            kept.push(file);
        } else if !OTHER_FOLDERS.contains(&folder) {
            let message = format!("`{path}` is in no folder of the pack");
            log.push(Diagnostic::new(
                "LAW-PATH",
                &file.place(0..0),
                message,
                "legal acts go to `acts/`, dated values to `rules/`",
            ));
        }
    }
    kept
}

fn read_all(parsed: &[Parsed<'_>], log: &mut Log) -> Pack {
    let mut acts = Acts::default();
    let mut posts = Posts::default();
    let mut rules: Vec<(String, Node<'_>)> = Vec::new();
    let mut texts: Vec<Node<'_>> = Vec::new();
    for (file, table) in parsed {
        let root = Node::new(file, table.get_ref(), 0..0);
        if file.path.starts_with("acts/") {
            acts.read(&root, log);
        } else if file.path.starts_with("catalogues/") {
            texts.push(root);
        } else if let Some(subject) = subject(&root, log) {
            rules.push((subject, root));
        }
    }
    acts.check_replacements(log);
    for (subject, root) in &rules {
        match subject.as_str() {
            "posts" => posts.read_posts(root, log),
            "post_groups" => posts.read_groups(root, log),
            _ => {}
        }
    }
    posts.check(log);
    let mut gathered = Gathered::default();
    let mut context = Context {
        acts: &acts,
        ids: BTreeMap::new(),
        log,
    };
    for (subject, root) in &rules {
        read_subject(subject, root, &posts, &mut context, &mut gathered);
        root.finish(context.log);
    }
    for root in &texts {
        catalogues::read(
            root,
            &mut context,
            &mut gathered.references,
            &mut gathered.catalogue_texts,
        );
        root.finish(context.log);
    }
    let references = std::mem::take(&mut gathered.references);
    let pack = assemble(gathered, posts, acts, log);
    references::check(&pack, &references, log);
    cover::check(&pack, &rules, log);
    pack
}

fn subject(root: &Node<'_>, log: &mut Log) -> Option<String> {
    let subject = root.text("subject", log)?;
    root.text("title_vi", log);
    root.text_opt("note", log);
    if SUBJECTS.contains(&subject.value.as_str()) {
        return Some(subject.value);
    }
    let help = nearest(&subject.value, SUBJECTS.iter().copied()).map_or_else(
        || format!("one of: {}", SUBJECTS.join(", ")),
        |near| format!("did you mean `{near}`?"),
    );
    log.push(Diagnostic::new(
        "LAW-WORD",
        &subject.place,
        format!("unknown subject `{}`", subject.value),
        help,
    ));
    None
}

fn read_subject(
    subject: &str,
    root: &Node<'_>,
    posts: &Posts,
    context: &mut Context<'_>,
    to: &mut Gathered,
) {
    match subject {
        "regimes" => subjects::regimes(root, context, &mut to.regimes),
        "terms" => subjects::terms(root, context, &mut to.terms),
        "carriers" => subjects::carriers(root, context, &mut to.carriers),
        "extension" => subjects::extension(root, context, &mut to.extension),
        "notices" => subjects::notices(root, context, &mut to.notices),
        "due" => subjects::due(root, context, &mut to.due),
        "subject_line" => subjects::subject_line(root, context, &mut to.subject_line),
        "levels" => subjects::levels(root, context, &mut to.fields, &mut to.levels),
        "prohibitions" => subjects::prohibitions(root, context, &mut to.prohibitions),
        "forms" => subjects::forms(root, context, &mut to.forms),
        "catalogues" => subjects::catalogues(root, context, &mut to.catalogues),
        "competence" => competence::read(root, posts, context, &mut to.competence),
        "books" => paper::books(root, context, &mut to.books),
        "stamps" => paper::stamps(root, context, &mut to.stamps),
        "procedures" => {
            proceedings::procedures(root, context, &mut to.references, &mut to.procedures);
        }
        "envelopes" => {
            conduct::envelopes(root, context, &mut to.references, &mut to.envelopes);
        }
        "meetings" => conduct::meetings(root, context, &mut to.meetings),
        "handling" => conduct::handling(root, context, &mut to.handling),
        "definitions" => conduct::definitions(root, context, &mut to.definitions),
        "boxes" => conduct::boxes(root, context, &mut to.boxes),
        _ => {}
    }
}

fn assemble(gathered: Gathered, posts: Posts, acts: Acts, log: &mut Log) -> Pack {
    let level = |level: &Level| level.code().to_owned();
    let text = |text: &String| text.clone();
    let mut regimes = gathered.regimes;
    regimes.sort_by_key(|regime| regime.period);
    Pack {
        regimes,
        posts: posts.by_id,
        fields: gathered.fields,
        terms: lines("term of level", level, gathered.terms, log),
        carriers: lines(
            "term of carrier",
            |carrier: &Carrier| carrier.code().to_owned(),
            gathered.carriers,
            log,
        ),
        extension: lines("extension of level", level, gathered.extension, log),
        notices: lines("notice of", text, gathered.notices, log),
        due: lines(
            "report",
            |key: &DueKey| format!("{} of {}", key.duty, key.body),
            gathered.due,
            log,
        ),
        subject_line: lines("subject line of level", level, gathered.subject_line, log),
        levels: lines("fields of level", level, gathered.levels, log),
        prohibitions: lines("prohibition", text, gathered.prohibitions, log),
        forms: lines("form", text, gathered.forms, log),
        catalogues: lines("catalogue of", text, gathered.catalogues, log),
        competence: lines(
            "competence",
            |(act, level): &(Act, Level)| format!("{} {}", act.code(), level.code()),
            gathered.competence,
            log,
        ),
        books: lines(
            "book",
            |kind: &BookKind| kind.code().to_owned(),
            gathered.books,
            log,
        ),
        stamps: lines("stamp", text, gathered.stamps, log),
        procedures: lines(
            "procedure",
            |proceeding: &Proceeding| proceeding.code().to_owned(),
            gathered.procedures,
            log,
        ),
        envelopes: lines("envelope of level", level, gathered.envelopes, log),
        meetings: lines("meeting of level", level, gathered.meetings, log),
        handling: lines("rule of handling", text, gathered.handling, log),
        definitions: lines("definition", text, gathered.definitions, log),
        boxes: lines("box", text, gathered.boxes, log),
        catalogue_texts: gathered.catalogue_texts,
        acts: acts.into_list(),
    }
}
