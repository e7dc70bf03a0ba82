//! Ask the law: a question as a form, an answer with its reasons. What is not
//! known is said to be unknown.

mod answer;

use askama::Template;
use axum::Router;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use law::{Act, Carrier, Level};
use serde::Deserialize;

use app::{App, AppError, Who};
use domain::access::Action;

use crate::fault::Fault;
use crate::guard::Signed;
use crate::i18n::{T, missing_keys};
use crate::shell::{self, Page};

use answer::Answer;

/// The questions, in the order of the tabs.
const QUESTIONS: [&str; 5] = ["term", "extend", "may", "due", "notify"];

#[derive(Template)]
#[template(path = "law_ask.html")]
struct LawPage {
    page: Page,
    asked: Asked,
    levels: Vec<Choice>,
    carriers: Vec<Choice>,
    acts: Vec<Choice>,
    posts: Vec<Choice>,
    duties: Vec<Choice>,
    notices: Vec<Choice>,
    answer: Option<Answer>,
}

/// One choice of a list.
struct Choice {
    code: String,
    label: String,
    chosen: bool,
}

/// The question, as it stands in the address.
#[derive(Debug, Default, Clone, Deserialize)]
#[serde(default)]
pub(crate) struct Asked {
    ask: String,
    level: String,
    carrier: String,
    determined: String,
    until: String,
    decided: String,
    act: String,
    post: String,
    on: String,
    duty: String,
    year: String,
}

impl LawPage {
    fn is(&self, ask: &str) -> bool {
        self.asked.ask == ask
    }

    fn questions(&self) -> [&'static str; 5] {
        QUESTIONS
    }

    fn question_words(&self, ask: &str) -> String {
        self.page.t.s(format!("law-ask-{ask}"))
    }
}

pub fn routes() -> Router<App> {
    Router::new().route("/law", get(page))
}

async fn page(State(app): State<App>, Query(asked): Query<Asked>, Signed(who): Signed) -> Response {
    let t = T::new(&who.language);
    match load(&app, who, asked) {
        Ok(page) => shell::show(&page),
        Err(error) => Fault::new(error, t).into_response(),
    }
}

fn load(app: &App, who: Who, mut asked: Asked) -> Result<LawPage, AppError> {
    who.require(Action::AskLaw)?;
    let today = app.today()?;
    let t = T::new(&who.language);
    let answer = answer::answer(app.law, &asked, t);
    if !QUESTIONS.contains(&asked.ask.as_str()) {
        QUESTIONS[0].clone_into(&mut asked.ask);
    }
    // A fresh form asks about today.
    for field in [&mut asked.determined, &mut asked.decided, &mut asked.on] {
        if field.is_empty() {
            *field = today.to_string();
        }
    }
    if asked.year.is_empty() {
        asked.year = today.year().to_string();
    }
    let pick = |code: &str, label: String, current: &str| Choice {
        code: code.to_owned(),
        label,
        chosen: code == current,
    };
    let levels = [Level::TuyetMat, Level::ToiMat, Level::Mat];
    let mut posts: Vec<Choice> = app
        .law
        .posts()
        .map(|post| pick(&post.id, post.label_vi.clone(), &asked.post))
        .collect();
    posts.sort_by_key(|post| app::words::collation_key(&post.label));
    Ok(LawPage {
        levels: levels
            .iter()
            .map(|l| pick(l.code(), l.label_vi().to_owned(), &asked.level))
            .collect(),
        carriers: Carrier::ALL
            .iter()
            .map(|c| pick(c.code(), c.label_vi().to_owned(), &asked.carrier))
            .collect(),
        acts: Act::ALL
            .iter()
            .map(|a| pick(a.code(), a.label_vi().to_owned(), &asked.act))
            .collect(),
        duties: duties(app, &asked, t),
        notices: app
            .law
            .notice_acts()
            .map(|act| pick(act, named(t, "law-notice-{}", act), &asked.act))
            .collect(),
        posts,
        answer,
        page: Page::new(app, who, "law"),
        asked,
    })
}

/// Reports that the law pack knows, each as `duty body` or `duty body province`.
fn duties(app: &App, asked: &Asked, t: T) -> Vec<Choice> {
    app.law
        .due_keys()
        .map(|key| {
            let province = key.province.as_deref().unwrap_or_default();
            let code = format!("{} {} {province}", key.duty, key.body)
                .trim_end()
                .to_owned();
            let mut label = format!(
                "{} – {}",
                named(t, "law-duty-{}", &key.duty),
                named(t, "law-body-{}", &key.body)
            );
            if !province.is_empty() {
                label = format!(
                    "{label} ({})",
                    t.a("report-province", "name", province.replace('_', " "))
                );
            }
            Choice {
                chosen: code == asked.duty,
                code,
                label,
            }
        })
        .collect()
}

/// The words of a code; a code without words shows itself.
fn named(t: T, pattern: &str, code: &str) -> String {
    let key = pattern.replace("{}", &code.replace('_', "-"));
    if missing_keys(t.language(), [key.as_str()]).is_empty() {
        t.s(&key)
    } else {
        code.replace('_', " ")
    }
}
