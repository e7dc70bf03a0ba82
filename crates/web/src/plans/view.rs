//! Tasks as screens show them: no null, dates as people write them.

use std::collections::BTreeSet;

use app::plans::{BETWEEN, Filter, Followed, Reviewed};
use app::rows::{PAGE_ROWS, TaskRow, Unit};
use domain::task::{State, Step, Suggestion};
use serde::Deserialize;

use crate::home;
use crate::i18n::T;
use crate::shell::{day, opt_day};

/// A task on a list.
pub struct TaskView {
    pub id: i64,
    /// What a ticked box sends: the task and the version shown.
    pub tick: String,
    pub at: String,
    pub text: String,
    pub actors: String,
    pub with_actors: String,
    pub due: String,
    pub due_text: String,
    pub state: String,
    pub tag: &'static str,
    /// Days past the last day; empty when not overdue.
    pub overdue: String,
    pub unit: String,
    pub result: String,
    pub reason: String,
    pub reported_on: String,
    pub plan: i64,
    pub plan_title: String,
    pub next: String,
}

impl TaskView {
    pub fn new(task: Followed, t: T) -> Self {
        Self::of(task.row, task.state, task.overdue_days, t)
    }

    pub fn of(row: TaskRow, state: State, overdue_days: Option<u32>, t: T) -> Self {
        let result = [row.result, row.result_ref]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" – ");
        Self {
            id: row.id,
            tick: format!("{}:{}", row.id, row.version),
            at: row.at_label,
            text: row.text,
            actors: row.actors,
            with_actors: row.with_actors,
            due: opt_day(&row.due_on),
            due_text: row.due_text.unwrap_or_default(),
            state: t.s(home::state_key(state.code())),
            tag: tag(state),
            overdue: overdue_days.map_or_else(String::new, |days| days.to_string()),
            unit: row.unit_name.unwrap_or_default(),
            result,
            reason: row.reason.unwrap_or_default(),
            reported_on: row.reported_on.as_deref().map(day).unwrap_or_default(),
            plan: row.plan_id,
            plan_title: row.plan_title,
            next: t.s(home::next_key(state.code())),
        }
    }

    /// The beginning of a long text.
    pub fn short(&self) -> String {
        home::short(&self.text)
    }

    pub fn is_late(&self) -> bool {
        !self.overdue.is_empty()
    }
}

fn tag(state: State) -> &'static str {
    match state {
        State::Done => "good",
        State::Returned => "bad",
        State::Reported | State::Proposed => "warn",
        State::Assigned | State::Dropped => "",
    }
}

/// A unit to choose.
pub struct Choice {
    pub id: i64,
    pub name: String,
    pub chosen: bool,
}

/// All units, the chosen ones marked and first: they are seen without scrolling.
pub fn choices(units: &[Unit], chosen: &BTreeSet<i64>) -> Vec<Choice> {
    let mut all: Vec<Choice> = units
        .iter()
        .map(|unit| Choice {
            id: unit.id,
            name: unit.name.clone(),
            chosen: chosen.contains(&unit.id),
        })
        .collect();
    all.sort_by_key(|choice| !choice.chosen);
    all
}

/// What a reviewer should know of a suggestion, one sentence each.
pub fn notes(suggestion: &Suggestion, t: T) -> Vec<String> {
    suggestion
        .notes
        .iter()
        .map(|note| t.s(format!("plan-note-{}", note.code())))
        .collect()
}

/// A task in the table of its plan.
pub struct ReviewRow {
    pub task: TaskView,
    /// Head of the group that starts here; empty inside a group.
    pub group: String,
    pub due_on: String,
    pub proposed: bool,
    pub changeable: bool,
    pub ticked: bool,
    pub units: Vec<Choice>,
    pub notes: Vec<String>,
}

impl ReviewRow {
    pub fn new(task: &Reviewed, units: &[Unit], t: T) -> Self {
        let proposed = task.state == State::Proposed;
        Self {
            group: String::new(),
            due_on: task.row.due_on.clone().unwrap_or_default(),
            proposed,
            changeable: task.state.steps().contains(&Step::Deadline),
            ticked: false,
            units: if proposed {
                choices(units, &task.suggestion.units)
            } else {
                Vec::new()
            },
            notes: notes(&task.suggestion, t),
            task: TaskView::of(task.row.clone(), task.state, task.overdue_days, t),
        }
    }
}

/// Names of bodies, one each.
pub fn names(joined: &str) -> Vec<String> {
    joined
        .split(BETWEEN)
        .filter(|name| !name.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The query of a plan's address.
#[derive(Debug, Default, Clone, Deserialize)]
pub struct Asked {
    /// A state's code, or `overdue`.
    #[serde(default)]
    pub state: String,
    #[serde(default)]
    pub unit: String,
    pub page: Option<i64>,
    pub done: Option<String>,
}

impl Asked {
    pub fn filter(&self) -> Filter {
        Filter {
            state: State::parse(&self.state),
            overdue: self.state == "overdue",
            unit: self.unit.parse().ok(),
        }
    }

    pub fn filtered(&self) -> bool {
        self.filter() != Filter::default()
    }

    /// The query with the filter; `page` 1 is left out.
    pub fn query(&self, page: i64) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [("state", &self.state), ("unit", &self.unit)] {
            if !value.is_empty() {
                query.append_pair(name, value);
            }
        }
        if page > 1 {
            query.append_pair("page", &page.to_string());
        }
        query.finish()
    }
}

/// One page of a list that is already in memory: its rows, its number, how many.
pub fn cut<T>(all: Vec<T>, asked: Option<i64>) -> (Vec<T>, i64, i64) {
    let size = usize::try_from(PAGE_ROWS).unwrap_or(50);
    let pages = i64::try_from(all.len().div_ceil(size)).unwrap_or(1).max(1);
    let number = asked.unwrap_or(1).clamp(1, pages);
    let from = usize::try_from(number - 1).unwrap_or(0) * size;
    (
        all.into_iter().skip(from).take(size).collect(),
        number,
        pages,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_cut_into_pages() {
        let all: Vec<i64> = (0..120).collect();
        assert_eq!(cut(all.clone(), None), ((0..50).collect(), 1, 3));
        assert_eq!(cut(all.clone(), Some(3)), ((100..120).collect(), 3, 3));
        assert_eq!(cut(all, Some(99)).1, 3);
        assert_eq!(cut(Vec::<i64>::new(), Some(-4)), (vec![], 1, 1));
    }

    #[test]
    fn the_address_keeps_the_filter() {
        let asked = Asked {
            state: "overdue".to_owned(),
            unit: "7".to_owned(),
            ..Asked::default()
        };
        assert_eq!(asked.query(2), "state=overdue&unit=7&page=2");
        assert_eq!(
            asked.filter(),
            Filter {
                state: None,
                overdue: true,
                unit: Some(7)
            }
        );
        assert!(asked.filtered() && !Asked::default().filtered());
        assert_eq!(Asked::default().query(1), "");
    }
}
